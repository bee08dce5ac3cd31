"""Every face of the queries, where it is and who: `faces.tsv`."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from visage.layout import QUERIES
from visage.status import Status, Verdict
from visage.store.arrow import equal, texts
from visage.store.clusters import CLUSTERS
from visage.store.faces import FACES
from visage.store.files import PRIVATE
from visage.store.tables import read_table
from visage.store.tsv import sorted_rows, write_rows

log = logging.getLogger(__name__)

COLUMNS = (
    *("Image", "Group", "Page", "Face", "X", "Y", "W", "H"),
    *("ID", "Name", "Verdict", "Probability", "Distance", "Nearest"),
    *("Quality", "Turn", "Cluster", "Status", "SHA256"),
)
_FACE = ["image", "group", "face", "x", "y", "w", "h", "status", "sha256"]
_MEASURED = [name for name in ("page", "quality", "turn") if name in FACES.names]
_MATCH = ["image", "face", "id", "name", "verdict", "probability", "distance", "nearest"]
_NAMED = (Verdict.GIVEN, Verdict.MATCH, Verdict.POSSIBLE)


class Shard(NamedTuple):
    """The tables of a shard of the queries."""

    faces: Path
    matches: Path


def tabulate_faces(
    shards: Iterable[Shard], labelled: Path | None, clusters: Path | None, output: Path
) -> int:
    """Write a row a face, in the order of images and of prominence.

    However many there are, a shard is in memory at a time and fifty thousand rows while they are
    sorted.

    Args:
        shards: Of the queries.
        labelled: The table of labelled faces: those that the detector had not found stand only
            there, and those that are to be ignored are named there.
        clusters: The table of what the unknown were gathered into.
        output: The TSV to write, its owner's alone: it holds names and faces.

    Returns:
        The number of faces.
    """
    said = _Said(labelled)
    gathered = _gathered(clusters)
    rows = (row for shard in shards for row in _rows(shard, said, gathered))
    ordered = sorted_rows(rows, _place, output.parent)
    count = write_rows(output, COLUMNS, ordered, PRIVATE)
    log.info("%d faces", count)
    return count


def _place(row: Sequence[str]) -> tuple:
    return (row[0], int(row[2] or 0), int(row[3]))


class _Said:
    """What a person said of faces of the queries."""

    def __init__(self, path: Path | None) -> None:
        self.added: dict[str, list[dict[str, Any]]] = {}  # image → faces that no table has
        self.ignored: set[tuple[str, int]] = set()
        if path is None:
            return
        table = read_table(path, ["set", "added", "say", *_FACE, *_MEASURED])
        for row in table.filter(equal(table["set"], QUERIES)).to_pylist():
            if row["say"] == "ignore":
                self.ignored.add((row["image"], row["face"]))
            elif row["say"] == "is" and row["added"]:
                self.added.setdefault(row["image"], []).append(row)


def _rows(shard: Shard, said: _Said, gathered: pa.Table) -> Iterator[list[str]]:
    table = read_table(shard.faces, [*_FACE, *_MEASURED])
    images = set(texts(table["image"]))
    added = {
        (face["image"], face["face"]): face
        for image in sorted(images & said.added.keys())
        for face in said.added[image]
    }
    detected = table.filter(pc.is_valid(table["face"])).to_pylist()
    faces = {(face["image"], face["face"]): face for face in detected} | added
    nearest, clusters = _nearest(shard.matches), _clusters(gathered, images)
    for place, face in faces.items():
        if place in said.ignored:
            face["status"] = Status.IGNORED.value
        yield _row(face, nearest.get(place), clusters.get(place))


def _nearest(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    table = read_table(path, [*_MATCH, "rank"])
    best = table.filter(equal(table["rank"], 1)).select(_MATCH)
    return {(row["image"], row["face"]): row for row in best.to_pylist()}


def _gathered(path: Path | None) -> pa.Table:
    columns = ["image", "face", "cluster"]
    if path is None:
        return CLUSTERS.empty_table().select(columns)
    table = read_table(path, columns)
    return table.filter(pc.is_valid(table["cluster"]))


def _clusters(gathered: pa.Table, images: set[str]) -> dict[tuple[str, int], str]:
    here = pc.is_in(gathered["image"], value_set=pa.array(sorted(images), pa.string()))
    return {
        (row["image"], row["face"]): row["cluster"] for row in gathered.filter(here).to_pylist()
    }


def _row(face: dict[str, Any], match: dict[str, Any] | None, cluster: str | None) -> list[str]:
    verdict = match["verdict"] if match else ""
    named = match if match and verdict in _NAMED else None
    return [
        face["image"],
        face["group"] or "",
        _number(face.get("page")),
        str(face["face"]),
        *(_number(face[side], 1) for side in "xywh"),
        named["id"] if named else "",
        named["name"] or named["id"] if named else "",
        verdict,
        _number(match["probability"], 4) if match else "",
        _number(match["distance"], 4) if match and verdict != Verdict.GIVEN else "",
        match["nearest"] or "" if match else "",
        _number(face.get("quality"), 2),
        _number(face.get("turn")),
        cluster or "",
        face["status"],
        face["sha256"] or "",
    ]


def _number(value: float | None, places: int = 0) -> str:
    return "" if value is None else f"{value:.{places}f}"
