"""Which of the faces found in an image count, and in what order."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from visage.errors import VisageError
from visage.models import Face

Region = tuple[float, float, float, float]  # x, y, w, h in pixels of the upright image


@dataclass(frozen=True)
class Selected:
    """A face that gets a row: its place in the detector's list, and whether it counts."""

    index: int
    status: str  # ok, too_small or outside_region
    reason: str


def select(
    faces: Sequence[Face], settings: dict, regions: Sequence[Region] | None
) -> list[Selected]:
    """Order the faces of one image by prominence and say which count.

    Those that count come first; within each part the largest box is the most prominent, then the
    higher confidence, then the more upper and left one.

    Args:
        faces: What the detector found.
        settings: The config's `faces`: `keep`, `min_confidence`, `min_size`.
        regions: Only faces centred in one of them count; None means anywhere.

    Returns:
        One item for each face of at least `min_confidence`; with `keep: largest` only the first.
    """
    selected = [
        _judge(index, face, settings["min_size"], regions)
        for index, face in enumerate(faces)
        if face.confidence >= settings["min_confidence"]
    ]

    def prominence(item: Selected) -> tuple:
        face = faces[item.index]
        return (item.status != "ok", -face.w * face.h, -face.confidence, face.y, face.x)

    selected.sort(key=prominence)
    return selected[:1] if settings["keep"] == "largest" else selected


def _judge(index: int, face: Face, min_size: float, regions: Sequence[Region] | None) -> Selected:
    if regions is not None and not any(_centred(face, region) for region in regions):
        return Selected(index, "outside_region", "its centre is in none of the image's regions")
    if min(face.w, face.h) < min_size:
        size = f"{face.w:.0f} x {face.h:.0f} pixels"
        return Selected(index, "too_small", f"{size}; faces.min_size asks for {min_size}")
    return Selected(index, "ok", "")


def _centred(face: Face, region: Region) -> bool:
    x, y, w, h = region
    return x <= face.x + face.w / 2 < x + w and y <= face.y + face.h / 2 < y + h


def read_regions(path: Path) -> dict[str, list[Region]]:
    """Read a TSV of regions with the columns image, x, y, w, h (pixels of the upright image).

    Raises:
        VisageError: The file cannot be read, a column is missing, or a value is not a number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _regions(path, csv.DictReader(file, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VisageError(
            f"faces.regions: {path} cannot be read: {error}. It must be a TSV in UTF-8."
        ) from error


def _regions(path: Path, reader: csv.DictReader) -> dict[str, list[Region]]:
    missing = {"image", "x", "y", "w", "h"} - set(reader.fieldnames or ())
    if missing:
        raise VisageError(
            f"faces.regions: {path} has no column {', '.join(sorted(missing))}. Its first line "
            "must name the columns image, x, y, w, h, separated by tabs."
        )
    regions: dict[str, list[Region]] = {}
    for row in reader:
        regions.setdefault(row["image"] or "", []).append(_region(path, reader.line_num, row))
    return regions


def _region(path: Path, line: int, row: dict[str, str]) -> Region:
    try:
        x, y, w, h = (float(row[key]) for key in ("x", "y", "w", "h"))
    except (TypeError, ValueError) as error:
        raise VisageError(f"faces.regions: {path}, line {line}: {error}. Give pixels.") from error
    if not all(map(math.isfinite, (x, y, w, h))) or w <= 0 or h <= 0:
        raise VisageError(f"faces.regions: {path}, line {line}: w and h must be above 0.")
    return x, y, w, h
