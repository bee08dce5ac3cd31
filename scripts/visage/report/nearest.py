"""The gallery faces beside each candidate: of the person's photographs those most like the face."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.search.labelled import places
from visage.search.rankings import faces_of
from visage.store.arrow import texts
from visage.store.tables import read_table
from visage.types import Floats

SHOWN = 3  # faces of a candidate


class Compared(NamedTuple):
    """A query's face and a person it was compared with."""

    image: str  # of the query
    face: int
    person: str


class GalleryFace(NamedTuple):
    """A face of the gallery beside a query's face."""

    image: str
    face: int  # its number in the image


def nearest_faces(
    compared: Sequence[Compared],
    tables: list[Path],
    faces: Path,
    ranking: str,
    normalize: bool,
) -> list[list[GalleryFace]]:
    """Give the `SHOWN` faces of each person that are nearest to the query's face, nearest first.

    Args:
        compared: What to look up; the matches tables know only the nearest face.
        tables: The queries' faces tables.
        faces: The index's faces.parquet.
        ranking: The config's `match.ranking`.
        normalize: The config's `index.normalize`.

    Returns:
        One list for each of `compared`, shorter where the person has fewer faces.

    Raises:
        VisageError: A table is missing or damaged.
    """
    if not compared:
        return []
    probes, rows = _probes(tables)
    people = {item.person for item in compared}
    table = _of_people(read_table(faces, ["image", "face", "person", "embedding"]), people)
    labels = texts(table["person"])
    gallery = ExactSearch(faces_of(ranking, vectors_of(table), labels, normalize), SHOWN)
    queries = gallery.faces.space(probes)
    known = list(places(table))
    found: list[list[GalleryFace]] = [[] for _ in compared]
    for person, wanted in _by_person(compared).items():
        near = gallery.near_faces_of(queries[[rows[compared[row][:2]] for row in wanted]], person)
        for row, own in zip(wanted, near.tolist(), strict=True):
            found[row] = [GalleryFace(*known[item]) for item in own]
    return found


def _probes(tables: list[Path]) -> tuple[Floats, dict[tuple[str, int], int]]:
    """Give the embeddings of the queries, shape (n, d), and the row of each image and face."""
    read = [read_table(path, ["image", "face", "embedding"]) for path in tables]
    table = pa.concat_tables(read)
    table = table.filter(pc.is_valid(table["embedding"]))
    keys = places(table)
    return vectors_of(table), {key: row for row, key in enumerate(keys)}


def _of_people(table: pa.Table, people: set[str]) -> pa.Table:
    """Keep the faces of some people; with the original's ranking a label counts up to its "="."""
    labels = texts(table["person"])
    kept = [label in people or label.partition("=")[0] in people for label in labels]
    return table.filter(pa.array(kept, pa.bool_()))


def _by_person(compared: Sequence[Compared]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(compared):
        rows.setdefault(item.person, []).append(row)
    return rows
