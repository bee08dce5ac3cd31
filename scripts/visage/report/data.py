"""What the report shows, as plain data read from the tables of the workflow."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from visage.audit.findings import COLUMNS
from visage.errors import VisageError
from visage.report.faces import Compared, GalleryFace
from visage.store.tables import read_table
from visage.store.tsv import read_rows
from visage.types import Box

CANDIDATES = 10  # people shown for each face
NOT_COMPARED = "none"  # stands for a verdict where there is no embedding to compare

_MATCHES = ["image", "face", "rank", "id", "name", "distance", "hits", "probability", "verdict"]
_FACES = [
    "image",
    "group",
    "status",
    "reason",
    "width",
    "height",
    "face",
    *Box._fields,
    "confidence",
]


@dataclass(frozen=True)
class Candidate:
    """A person whom a face may be, with the gallery faces that are nearest."""

    rank: int  # 1 = closest
    id: str
    name: str  # the id where there is no name
    distance: float
    hits: int
    probability: float | None
    verdict: str
    link: str  # "" where there is none
    faces: list[GalleryFace]  # of the person, nearest first; at least one


@dataclass(frozen=True)
class Face:
    """A face found in a query image."""

    number: int  # 0 = most prominent, as in the tables
    box: Box | None  # None for an embedding that was imported
    confidence: float | None
    status: str
    reason: str
    candidates: list[Candidate]  # by rank; empty where the face was not compared

    @property
    def verdict(self) -> str:
        """The verdict on the closest person: that is what the face is shown as."""
        if self.status != "ok":
            return NOT_COMPARED
        return self.candidates[0].verdict if self.candidates else "unknown"


@dataclass(frozen=True)
class Query:
    """A query image and everything that was found in it."""

    image: str
    group: str
    status: str  # ok if any face is
    reason: str
    width: int | None  # of the upright image, pixels
    height: int | None
    faces: list[Face]

    @property
    def verdicts(self) -> list[str]:
        """The verdicts that occur; NOT_COMPARED only where no face was compared."""
        found = {face.verdict for face in self.faces} - {NOT_COMPARED}
        return sorted(found) or [NOT_COMPARED]


@dataclass(frozen=True)
class Problem:
    """An image that gave no face to work with."""

    set: str  # gallery or queries
    image: str
    label: str  # person or group
    status: str
    reason: str


@dataclass(frozen=True)
class Gallery:
    """The gallery in numbers, and its images that do not count."""

    images: int
    people: int
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


def read_queries(
    tables: list[Path],
    matches: list[Path],
    link: Callable[[str], str],
    nearest: Callable[[list[Compared]], list[list[GalleryFace]]],
) -> list[Query]:
    """Read every query image: first those with a face to compare, by group and image.

    Args:
        tables: The queries' faces tables.
        matches: The matches tables.
        link: Gives the address of a person's page, "" where there is none.
        nearest: Gives the nearest faces of the people with whom the queries were compared.

    Raises:
        VisageError: A table is missing or damaged.
    """
    candidates = _read_candidates(matches, link, nearest)
    rows: dict[str, list[dict]] = defaultdict(list)
    for row in _concatenated(tables, _FACES).to_pylist():
        rows[row["image"]].append(row)
    queries = [_query(own, candidates) for own in rows.values()]
    return sorted(queries, key=lambda query: (query.status != "ok", query.group, query.image))


def _read_candidates(
    matches: list[Path],
    link: Callable[[str], str],
    nearest: Callable[[list[Compared]], list[list[GalleryFace]]],
) -> dict[tuple[str, int], list[Candidate]]:
    table = _concatenated(matches, _MATCHES)
    rows = table.filter(pc.less_equal(table["rank"], CANDIDATES)).to_pylist()
    compared = [Compared(row["image"], row["face"], row["id"]) for row in rows]
    found: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for row, faces in zip(rows, nearest(compared), strict=True):
        found[row["image"], row["face"]].append(
            Candidate(
                rank=row["rank"],
                id=row["id"],
                name=row["name"] or row["id"],
                distance=row["distance"],
                hits=row["hits"],
                probability=row["probability"],
                verdict=row["verdict"],
                link=link(row["id"]),
                faces=faces,
            )
        )
    for people in found.values():
        people.sort(key=lambda candidate: candidate.rank)
    return found


def _query(rows: list[dict], candidates: dict[tuple[str, int], list[Candidate]]) -> Query:
    # Of several rows without an embedding the first says why, as in images.tsv.
    first = next((row for row in rows if row["status"] == "ok"), rows[0])
    faces = [
        Face(
            number=row["face"],
            box=box_of(row),
            confidence=row["confidence"],
            status=row["status"],
            reason=row["reason"] or "",
            candidates=candidates.get((row["image"], row["face"]), []),
        )
        for row in rows
        if row["face"] is not None
    ]
    return Query(
        image=first["image"],
        group=first["group"] or "",
        status=first["status"],
        reason=first["reason"] or "",
        width=first["width"],
        height=first["height"],
        faces=sorted(faces, key=lambda face: face.number),
    )


def box_of(row: dict) -> Box | None:
    """Give the box of a row of a faces table, None where it has none."""
    values = [row[name] for name in Box._fields]
    return None if any(value is None for value in values) else Box(*values)


def read_gallery(tables: list[Path], faces: Path) -> Gallery:
    """Count the gallery and find its images that gave no face to work with.

    Args:
        tables: The gallery's faces tables.
        faces: The index's faces.parquet.
    """
    rows = _concatenated(tables, ["image", "person", "status", "reason"])
    good = pc.unique(rows.filter(pc.equal(rows["status"], "ok"))["image"])
    bad = rows.filter(pc.invert(pc.is_in(rows["image"], value_set=good)))
    indexed = read_table(faces, ["person"])
    return Gallery(
        images=pc.count_distinct(rows["image"]).as_py(),
        people=pc.count_distinct(indexed["person"]).as_py(),
        faces=len(indexed),
        problems=_gallery_problems(bad.to_pylist()),
    )


def _gallery_problems(rows: Iterable[dict]) -> list[Problem]:
    first: dict[str, dict] = {}
    for row in rows:
        first.setdefault(row["image"], row)
    return [
        Problem("gallery", image, row["person"] or "", row["status"], row["reason"] or "")
        for image, row in sorted(first.items())
    ]


def query_problems(queries: Iterable[Query]) -> list[Problem]:
    """Give the query images without a face to work with."""
    return [
        Problem("queries", query.image, query.group, query.status, query.reason)
        for query in queries
        if query.status != "ok"
    ]


def gallery_boxes(
    faces: Path, queries: Iterable[Query], findings: Iterable[Finding]
) -> dict[tuple[str, int], Box | None]:
    """Give the boxes of the gallery faces that are shown, sorted by image.

    Those are everybody's nearest ones, and those the audit is about. Of a photograph without a face
    that counts there is no box.
    """
    nearest = {
        found.key
        for query in queries
        for face in query.faces
        for candidate in face.candidates
        for found in candidate.faces
    }
    audited = {image for finding in findings for image in (finding.image, finding.other_image)}
    images = pa.array(sorted({image for image, _ in nearest} | (audited - {""})), pa.string())
    table = read_table(faces, ["image", "face", *Box._fields])
    rows = table.filter(pc.is_in(table["image"], value_set=images)).to_pylist()
    boxes = {(row["image"], row["face"] or 0): box_of(row) for row in rows}
    known = {image for image, _ in boxes}
    wanted = nearest | {key for key in boxes if key[0] in audited}
    wanted |= {(image, 0) for image in audited - known - {""}}
    return {key: boxes.get(key) for key in sorted(wanted)}


def read_recall(matches: list[Path]) -> float | None:
    """Give which share of the true neighbours Annoy found, over all faces compared.

    None where no face was; with an exact search there is nothing to read.
    """
    table = _concatenated(matches, ["rank", "recall"])
    return pc.mean(table.filter(pc.equal(table["rank"], 1))["recall"]).as_py()


def read_scores(path: Path) -> list[dict[str, str]]:
    """Read the scores table; one dict a line, by the names of its columns.

    Raises:
        VisageError: The file is missing.
    """
    return _lines(path)


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
            for line in _lines(path)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def read_evaluation(path: Path) -> dict[str, Any]:
    """Read the whole evaluation.json; what is in it says visage.evaluation.evaluate.

    Raises:
        VisageError: The file is missing or damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _missing(path) from error
    except ValueError as error:
        raise _damaged(path, error) from error
    wanted = {"gallery", "fpir", "operating", "rank_one", "published", "threshold"}
    if not isinstance(content, dict) or not wanted <= content.keys():
        raise _damaged(path, f"not all of {', '.join(sorted(wanted))} are in it")
    return content


def _lines(path: Path) -> list[dict[str, str]]:
    try:
        return list(read_rows(path))
    except FileNotFoundError as error:
        raise _missing(path) from error


def _missing(path: Path) -> VisageError:
    return VisageError(f"{path} is missing. Run the workflow again: it will be made.")


def _damaged(path: Path, why: object) -> VisageError:
    return VisageError(f"{path} is damaged ({why}). Delete it and run the workflow again.")


def _concatenated(paths: list[Path], columns: list[str]) -> pa.Table:
    return pa.concat_tables([read_table(path, columns) for path in paths])
