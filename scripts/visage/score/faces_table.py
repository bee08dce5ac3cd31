"""Every face of the queries, where it is and who: `faces.tsv`."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from visage.layout import QUERIES
from visage.status import Status, Verdict
from visage.store.arrow import equal
from visage.store.clusters import CLUSTERS
from visage.store.files import PRIVATE
from visage.store.parts import file_of, order_of, split
from visage.store.tables import read_table
from visage.store.tsv import sorted_rows, write_rows

log = logging.getLogger(__name__)

COLUMNS = (
    *("Image", "Group", "Page", "Face", "X", "Y", "W", "H"),
    *("ID", "Name", "Verdict", "Probability", "Distance", "Nearest"),
    *("Quality", "Turn", "Cluster", "Status", "SHA256"),
)
_NAMED = (Verdict.GIVEN, Verdict.MATCH, Verdict.POSSIBLE)
_SLICE = 10_000  # faces that are Python's objects at a time


class _Face(NamedTuple):
    """What is needed of a row of `FACES`."""

    image: str
    group: str | None
    face: int
    x: float | None
    y: float | None
    w: float | None
    h: float | None
    status: str
    sha256: str | None
    quality: float | None
    turn: int | None


class _Match(NamedTuple):
    """What is needed of a row of `MATCHES`: whom a face is nearest to."""

    image: str
    face: int
    id: str
    name: str
    verdict: str
    probability: float | None
    distance: float
    nearest: str | None


_FACE, _MATCH = list(_Face._fields), list(_Match._fields)
_Row = TypeVar("_Row", _Face, _Match)


class Shard(NamedTuple):
    """The tables of a shard of the queries."""

    faces: Path
    matches: Path


def tabulate_faces(
    shards: Iterable[Shard], labelled: Path | None, clusters: Path | None, output: Path
) -> int:
    """Write a row a face, in the order of images and of prominence.

    However many there are, a shard's columns are in memory at a time, and some thousand rows while
    they are sorted.

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
    return file_of(row[0]), order_of(row[0]), int(row[3])


class _Said:
    """What a person said of faces of the queries."""

    def __init__(self, path: Path | None) -> None:
        self.added: dict[str, list[_Face]] = {}  # image → faces that no table has
        self.ignored: set[tuple[str, int]] = set()
        if path is None:
            return
        table = read_table(path, ["set", "added", "say", *_FACE])
        for row in table.filter(equal(table["set"], QUERIES)).to_pylist():
            if row["say"] == "ignore":
                self.ignored.add((row["image"], row["face"]))
            elif row["say"] == "is" and row["added"]:
                face = _Face(*(row[name] for name in _FACE))
                self.added.setdefault(face.image, []).append(face)


def _rows(shard: Shard, said: _Said, gathered: pa.Table) -> Iterator[list[str]]:
    table = read_table(shard.faces, _FACE)
    images = table["image"].combine_chunks().unique()
    here = said.added.keys() & set(images.to_pylist()) if said.added else ()
    added = {(face.image, face.face): face for image in sorted(here) for face in said.added[image]}
    nearest, clusters = _nearest(shard.matches), _clusters(gathered, images)
    for face in chain(_detected(table), added.values()):
        place = face.image, face.face
        if added.get(place, face) is not face:
            continue
        if place in said.ignored:
            face = face._replace(status=Status.IGNORED.value)
        yield _row(face, nearest.get(place), clusters.get(place))


def _detected(table: pa.Table) -> Iterator[_Face]:
    found = table.filter(pc.is_valid(table["face"]))
    for part in found.to_batches(max_chunksize=_SLICE):
        yield from _as(_Face, part)


def _as(kind: type[_Row], part: pa.Table | pa.RecordBatch) -> Iterator[_Row]:
    """Give the rows of a table, column by column: several times as fast as a dict each."""
    columns = [part.column(name).to_pylist() for name in kind._fields]
    return map(kind._make, zip(*columns, strict=True))


def _nearest(path: Path) -> dict[tuple[str, int], _Match]:
    table = read_table(path, [*_MATCH, "rank"])
    best = _as(_Match, table.filter(equal(table["rank"], 1)))
    return {(match.image, match.face): match for match in best}


def _gathered(path: Path | None) -> pa.Table:
    columns = ["image", "face", "cluster"]
    if path is None:
        return CLUSTERS.empty_table().select(columns)
    table = read_table(path, columns)
    return table.filter(pc.is_valid(table["cluster"]))


def _clusters(gathered: pa.Table, images: pa.Array) -> dict[tuple[str, int], str]:
    here = gathered.filter(pc.is_in(gathered["image"], value_set=images))
    names = (here[column].to_pylist() for column in ("image", "face", "cluster"))
    return {(image, face): cluster for image, face, cluster in zip(*names, strict=True)}


def _row(face: _Face, match: _Match | None, cluster: str | None) -> list[str]:
    verdict = match.verdict if match else ""
    named = match if match and verdict in _NAMED else None
    return [
        face.image,
        face.group or "",
        split(face.image)[1],
        str(face.face),
        *(_number(side, 1) for side in (face.x, face.y, face.w, face.h)),
        named.id if named else "",
        named.name or named.id if named else "",
        verdict,
        _number(match.probability, 4) if match else "",
        _number(match.distance, 4) if match and verdict != Verdict.GIVEN else "",
        match.nearest or "" if match else "",
        _number(face.quality, 2),
        _number(face.turn),
        cluster or "",
        face.status,
        face.sha256 or "",
    ]


def _number(value: float | None, places: int = 0) -> str:
    return "" if value is None else f"{value:.{places}f}"
