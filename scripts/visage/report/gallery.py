"""The gallery as the report shows it: its numbers, what is wrong with it, where its faces are."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visage.audit.findings import COLUMNS
from visage.report.data import Outline, Query, concatenated, outline_of
from visage.report.files import damaged, lines
from visage.status import Status
from visage.store.arrow import equal, texts
from visage.store.faces import FaceRow, face_rows
from visage.store.tables import read_table
from visage.types import Box

_OUTLINED = ["image", "status", "face", *Box._fields, "confidence", "landmarks"]


@dataclass(frozen=True)
class Problem:
    """An image that gave no face to work with."""

    image: str
    person: str
    status: str
    reason: str


@dataclass(frozen=True)
class Gallery:
    """The gallery in numbers, and its images that do not count."""

    images: int
    people: list[str]  # ids
    faces: int
    problems: list[Problem]


@dataclass(frozen=True)
class Finding:
    """A row of the gallery's audit: something to look at again."""

    kind: str  # of visage.audit.findings.KINDS
    person: str
    image: str  # "" where it is about people
    face: int | None
    other_person: str  # "" where there is none
    other_image: str
    distance: float | None
    detail: str


def read_gallery(tables: list[Path], faces: Path) -> Gallery:
    """Count the gallery and find its images that gave no face to work with.

    Args:
        tables: The gallery's faces tables.
        faces: The index's faces.parquet.
    """
    rows = concatenated(tables, ["image", "person", "status", "reason"])
    good = rows.filter(equal(rows["status"], Status.OK))["image"].unique()
    bad = rows.filter(pc.invert(pc.is_in(rows["image"], value_set=good)))
    indexed = read_table(faces, ["person"])
    return Gallery(
        images=pc.count_distinct(rows["image"]).as_py(),
        people=sorted(texts(indexed["person"].unique())),
        faces=len(indexed),
        problems=_problems(face_rows(bad)),
    )


def _problems(rows: Iterable[FaceRow]) -> list[Problem]:
    first: dict[str, FaceRow] = {}
    for row in rows:
        first.setdefault(row.image, row)
    return [
        Problem(image, row.person or "", row.status, row.reason or "")
        for image, row in sorted(first.items())
    ]


def read_findings(path: Path) -> list[Finding]:
    """Read the audit of the gallery.

    Raises:
        VisageError: The file is missing or damaged.
    """
    try:
        return [
            Finding(
                **{name: line[name] for name in COLUMNS if name not in ("face", "distance")},
                face=int(line["face"]) if line["face"] else None,
                distance=float(line["distance"]) if line["distance"] else None,
            )
            for line in lines(path)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, error) from error


def gallery_outlines(
    faces: Path, queries: Iterable[Query], findings: Iterable[Finding]
) -> dict[tuple[str, int], Outline]:
    """Say where the gallery faces are that are shown, sorted by image.

    Those are everybody's nearest ones, and those the audit is about. Of a photograph without a face
    that counts there is no box.
    """
    nearest = {
        (found.image, found.face)
        for query in queries
        for face in query.faces
        for candidate in face.candidates
        for found in candidate.faces
    }
    audited = {image for finding in findings for image in (finding.image, finding.other_image)}
    images = pa.array(sorted({image for image, _ in nearest} | (audited - {""})), pa.string())
    table = read_table(faces, _OUTLINED)
    rows = face_rows(table.filter(pc.is_in(table["image"], value_set=images)))
    outlines = {(row.image, row.face): outline_of(row) for row in rows if row.face is not None}
    known = {image for image, _ in outlines}
    wanted = nearest | {key for key in outlines if key[0] in audited}
    wanted |= {(image, 0) for image in audited - known - {""}}
    return {key: outlines.get(key, Outline(None)) for key in sorted(wanted)}
