"""Faces found, missed and false in photographs whose faces were marked by their noses."""

import csv
from collections import defaultdict
from pathlib import Path

import pyarrow as pa


def compare(table: pa.Table, marks: Path) -> list[dict]:
    """Count for each image; `marks` is a TSV with image, nose_x, nose_y (pixels, upright).

    A face is found if its nose lies in the box of an embedded face (status ok or poor); each
    box finds one face, the one whose nose is nearest to its middle. Boxes that are left are false.
    """
    noses: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with marks.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            noses[row["image"]].append((float(row["nose_x"]), float(row["nose_y"])))
    boxes: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for row in table.select(["image", "status", "x", "y", "w", "h"]).to_pylist():
        known = boxes[row["image"]]
        if row["status"] in ("ok", "poor") and row["x"] is not None:
            known.append((row["x"], row["y"], row["w"], row["h"]))
    return [
        {"image": image, "faces": len(noses[image])} | _count(noses[image], boxes[image])
        for image in sorted(boxes)
    ]


def _count(noses: list[tuple[float, float]], boxes: list[tuple[float, ...]]) -> dict:
    pairs = sorted(
        (abs(x + w / 2 - nose[0]) + abs(y + h / 2 - nose[1]), place, number)
        for place, nose in enumerate(noses)
        for number, (x, y, w, h) in enumerate(boxes)
        if x <= nose[0] <= x + w and y <= nose[1] <= y + h
    )
    found: dict[int, int] = {}
    for _, place, number in pairs:
        if place not in found and number not in found.values():
            found[place] = number
    hits = len(found)
    return {"found": hits, "missed": len(noses) - hits, "false": len(boxes) - hits}
