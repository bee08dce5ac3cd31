"""What was found in the queries, as plain data read from the tables of the workflow."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from visage.report.doubt import doubtful
from visage.report.nearest import Compared, GalleryFace
from visage.status import Status, Verdict
from visage.store.faces import FACES, FaceRow, face_rows
from visage.store.matches import MatchRow, match_rows
from visage.store.tables import read_table
from visage.types import Box, Floats

CANDIDATES = 5  # people shown for a face that may be somebody; for the others one
NOT_COMPARED = "none"  # stands for a verdict where there is no embedding to compare

_MATCHES = [
    *("image", "face", "rank", "id", "name", "distance", "probability", "verdict"),
    *("nearest", "nearest_face", "reason"),
]
_FACES = [
    *("image", "group", "sha256", "status", "reason", "width", "height", "turn", "face"),
    *(*Box._fields, "confidence", "landmarks", "sharpness"),
]


@dataclass(frozen=True)
class Candidate:
    """A person whom a face may be, with the gallery faces that are nearest."""

    rank: int  # 1 = a match, or the closest
    id: str
    name: str  # the id where there is no name
    distance: float
    probability: float | None
    verdict: str
    reason: str  # why the verdict is not what the face alone would have, else ""
    faces: list[GalleryFace]  # of the person, nearest first; none where a person said who it is


class Outline(NamedTuple):
    """Where to cut a face out of its photograph."""

    box: Box | None  # None cuts the middle
    tilt: float = 0.0  # radians by which the line of the eyes falls to the right


@dataclass(frozen=True)
class Face:
    """A face found in a query image."""

    number: int  # 0 = most prominent, as in the tables
    outline: Outline
    confidence: float | None  # the detector's, 0 to 1
    sharpness: float | None  # variance of the Laplacian, 0 to 255
    status: str
    reason: str
    candidates: list[Candidate]  # by rank; empty where the face was not compared

    @property
    def box(self) -> Box | None:
        """Where the face is; None for an embedding that was imported."""
        return self.outline.box

    @property
    def best(self) -> Candidate | None:
        """Whom it is taken for, or the closest person."""
        return self.candidates[0] if self.candidates else None

    @property
    def verdict(self) -> str:
        """The verdict on the first person: that is what the face is shown as."""
        if self.status != Status.OK:
            return NOT_COMPARED
        return self.best.verdict if self.best else Verdict.UNKNOWN

    def doubtful(self, threshold: float | None) -> bool:
        """Whether a person had better look at it."""
        best = self.best
        return best is not None and doubtful(
            best.verdict, best.probability, best.distance, threshold
        )


@dataclass(frozen=True)
class Query:
    """A query image and everything that was found in it."""

    image: str
    sha256: str  # "" where the file could not be read
    group: str
    status: str  # ok if any face is
    reason: str
    width: int | None  # of the upright image, pixels
    height: int | None
    faces: list[Face]
    turn: int = 0  # degrees clockwise by which it is shown turned, to be upright
    original: str = ""  # of a copy: the image that counts in its place


def read_queries(
    tables: list[Path],
    matches: list[Path],
    threshold: float | None,
    nearest: Callable[[list[Compared]], list[list[GalleryFace]]],
    originals: Mapping[str, str],
) -> list[Query]:
    """Read every query image by group, in each first those with a face to compare.

    Args:
        tables: The queries' faces tables.
        matches: The matches tables.
        threshold: The largest distance of a match, which tells whom to show; None: there is none.
        nearest: Gives the nearest faces of the people with whom faces were compared.
        originals: For each image that is a copy of another the other one.

    Raises:
        VisageError: A table is missing or damaged.
    """
    rows = _shown(_by_face(matches), threshold)
    alike = [Compared(row.image, row.face, row.id) for row in rows if _found(row)]
    found = iter(nearest(alike))
    candidates: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for row in rows:
        faces = next(found) if _found(row) else _nearest(row)
        candidates[row.image, row.face].append(_candidate(row, faces))
    images: dict[str, list[FaceRow]] = defaultdict(list)
    for face in face_rows(concatenated(tables, _FACES)):
        images[face.image].append(face)
    queries = [_query(own, candidates, originals) for own in images.values()]
    return sorted(queries, key=lambda query: (query.group, query.status != Status.OK, query.image))


def _by_face(matches: list[Path]) -> Iterable[list[MatchRow]]:
    """Give the closest people of each face, by rank."""
    table = concatenated(matches, _MATCHES)
    faces: dict[tuple[str, int], list[MatchRow]] = defaultdict(list)
    for row in match_rows(table.filter(pc.less_equal(table["rank"], pa.scalar(CANDIDATES)))):
        faces[row.image, row.face].append(row)
    return (sorted(rows, key=lambda row: row.rank) for rows in faces.values())


def _shown(faces: Iterable[list[MatchRow]], threshold: float | None) -> list[MatchRow]:
    """Leave out all but the nearest person of faces that are surely nobody's."""
    return [row for rows in faces for row in (rows if _open(rows[0], threshold) else rows[:1])]


def _open(first: MatchRow, threshold: float | None) -> bool:
    """Say whether a face may be somebody, by its closest person."""
    return _within(first) or doubtful(first.verdict, first.probability, first.distance, threshold)


def _within(row: MatchRow) -> bool:
    return row.verdict != Verdict.UNKNOWN


def _found(row: MatchRow) -> bool:
    return _within(row) and row.verdict != Verdict.GIVEN


def _nearest(row: MatchRow) -> list[GalleryFace]:
    """Give the nearest face; a face of which a person said whose it is was not searched."""
    return [GalleryFace(row.nearest, row.nearest_face)] if row.nearest else []


def _candidate(row: MatchRow, faces: list[GalleryFace]) -> Candidate:
    return Candidate(
        rank=row.rank,
        id=row.id,
        name=row.name or row.id,
        distance=row.distance,
        probability=row.probability,
        verdict=row.verdict,
        reason=row.reason or "",
        faces=faces,
    )


def _query(
    rows: Sequence[FaceRow],
    candidates: Mapping[tuple[str, int], list[Candidate]],
    originals: Mapping[str, str],
) -> Query:
    # Of several rows without an embedding the first says why, as in images.tsv.
    first = next((row for row in rows if row.status == Status.OK), rows[0])
    faces = [
        _face(row, row.face, candidates.get((row.image, row.face), []))
        for row in rows
        if row.face is not None
    ]
    return Query(
        image=first.image,
        sha256=first.sha256 or "",
        group=first.group or "",
        status=first.status,
        reason=first.reason or "",
        width=first.width,
        height=first.height,
        faces=sorted(faces, key=lambda face: face.number),
        turn=first.turn or 0,
        original=originals.get(first.image, ""),
    )


def _face(row: FaceRow, number: int, candidates: list[Candidate]) -> Face:
    return Face(
        number=number,
        outline=outline_of(row),
        confidence=row.confidence,
        sharpness=row.sharpness,
        status=row.status,
        reason="; ".join(filter(None, (row.reason, *(one.reason for one in candidates[:1])))),
        candidates=candidates,
    )


def outline_of(row: FaceRow) -> Outline:
    """Give where a row of a faces table has its face."""
    return Outline(row.box, _tilt(row.landmarks))


def _tilt(landmarks: Floats | None) -> float:
    if landmarks is None or not all(map(math.isfinite, landmarks[:4])):
        return 0.0
    right, left = landmarks[:2].tolist(), landmarks[2:4].tolist()
    return math.atan2(left[1] - right[1], left[0] - right[0])


def concatenated(paths: list[Path], columns: list[str]) -> pa.Table:
    """Read some columns of tables as one."""
    if not paths:  # a gallery that only labels make has no tables of its own
        return FACES.empty_table().select(columns)
    return pa.concat_tables([read_table(path, columns) for path in paths])
