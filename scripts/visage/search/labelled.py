"""What people said about faces, as index and search take it from the table of labelled faces."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visage.layout import GALLERY, QUERIES
from visage.store.arrow import equal, numbers, texts
from visage.store.faces import FACES
from visage.store.labelled import LABELLED
from visage.store.tables import read_table

Place = tuple[str, int]  # image and face


def read_labelled(path: Path | None) -> pa.Table:
    """Read the table of labelled faces; without one nobody said anything."""
    return LABELLED.empty_table() if path is None else read_table(path, LABELLED.names)


@dataclass(frozen=True)
class GalleryLabels:
    """What people said that concerns the gallery."""

    labelled: pa.Table = field(default_factory=LABELLED.empty_table)
    one: Callable[[str], str] = str  # gives the id that stands for a person
    queries_from_gallery: str = ""  # before a query's path, seen from the gallery's folder
    alone: bool = False  # no folder says who is who, so that nobody may be known yet


def joined(table: pa.Table, one: Callable[[str], str]) -> pa.Table:
    """Give each row the id that stands for its person."""
    people = table["person"].to_pylist()
    ids = {person: one(person) for person in set(people) if person}
    if all(person == same for person, same in ids.items()):
        return table
    column = pa.array([ids.get(person, person) for person in people], pa.string())
    return table.set_column(table.column_names.index("person"), "person", column)


def apart(
    usable: pa.Table, labelled: pa.Table, queries_from_gallery: str
) -> tuple[pa.Table, pa.Table]:
    """Divide the faces for the index into those of the folders and those that people labelled.

    Args:
        usable: Rows of the gallery's faces tables that can be searched, with joined ids.
        labelled: What was said.
        queries_from_gallery: What stands before a query's path, seen from the gallery's folder.

    Returns:
        Of the folders: faces of which nobody said whose they are, or that they are not the
        folder's person, in photographs in which that person is not labelled. And the labelled
        faces of both sets, each once however many copies of the photograph there are.
    """
    said = labelled.filter(equal(labelled["set"], GALLERY)).select(
        ["image", "face", "say", "person"]
    )
    spoken: set[Place] = set()
    refused: set[tuple[str, int, str]] = set()
    settled: set[tuple[str, str]] = set()
    for row in said.to_pylist():
        place = row["image"], row["face"]
        if row["say"] == "not":
            refused.add((*place, row["person"]))
        else:
            spoken.add(place)
            settled.add((row["image"], row["person"]))
    columns = (usable[name].to_pylist() for name in ("image", "face", "person"))
    free = [
        (image, face) not in spoken
        and (image, face, person) not in refused
        and (image, person) not in settled
        for image, face, person in zip(*columns, strict=True)
    ]
    return usable.filter(pa.array(free, pa.bool_())), _given(labelled, queries_from_gallery)


def _given(labelled: pa.Table, queries_from_gallery: str) -> pa.Table:
    mask = pc.and_(equal(labelled["say"], "is"), pc.is_valid(labelled["embedding"]))
    rows = labelled.filter(mask)
    seen: set[tuple] = set()
    kept: list[bool] = []
    columns = ("sha256", "x", "y", "w", "h", "person")
    for row in rows.select(columns).to_pylist():  # the gallery's own stand first
        key = tuple(row[name] for name in columns)
        kept.append(key not in seen)
        seen.add(key)
    rows = rows.filter(pa.array(kept, pa.bool_()))
    images = [
        f"{queries_from_gallery}{image}" if name == QUERIES else image
        for name, image in zip(rows["set"].to_pylist(), rows["image"].to_pylist(), strict=True)
    ]
    return rows.set_column(
        rows.column_names.index("image"), "image", pa.array(images, pa.string())
    ).select(FACES.names)


@dataclass(frozen=True)
class Said:
    """What counts about the faces of the queries when they are searched."""

    given: dict[Place, str] = field(default_factory=dict)  # whose it is: it is not searched
    added: dict[str, list[Place]] = field(default_factory=dict)  # image → given, in no table
    ignored: frozenset[Place] = frozenset()
    refused: dict[Place, frozenset[str]] = field(default_factory=dict)  # who it is not

    @classmethod
    def of(cls, labelled: pa.Table) -> "Said":
        """Take what is said about the queries."""
        about = labelled.filter(equal(labelled["set"], QUERIES))
        given: dict[Place, str] = {}
        added: dict[str, list[Place]] = {}
        ignored: set[Place] = set()
        refused: dict[Place, set[str]] = {}
        for row in about.select(["image", "face", "say", "person", "added"]).to_pylist():
            place = row["image"], row["face"]
            if row["say"] == "is":
                given[place] = row["person"]
                if row["added"]:
                    added.setdefault(row["image"], []).append(place)
            elif row["say"] == "ignore":
                ignored.add(place)
            else:
                refused.setdefault(place, set()).add(row["person"])
        return cls(
            given,
            added,
            frozenset(ignored),
            {place: frozenset(people) for place, people in refused.items()},
        )

    def with_gallery(self, gallery: pa.Table, queries: pa.Table) -> "Said":
        """Add the faces that are in the gallery themselves, by content and box.

        For sets of which one lies in the other: a photograph of the gallery is no find.

        Args:
            gallery: The rows of the index.
            queries: Of a faces table.
        """
        queries = queries.filter(pc.is_valid(queries["face"]))
        known = dict(zip(_contents(gallery), texts(gallery["person"]), strict=True))
        known.pop(None, None)
        pairs = zip(places(queries), _contents(queries), strict=True)
        own = {place: known[content] for place, content in pairs if content in known}
        return Said(own | self.given, self.added, self.ignored, self.refused)


def _contents(table: pa.Table) -> Iterator[tuple | None]:
    """Give what makes two rows the same face of the same picture."""
    columns = [table[name].to_pylist() for name in ("sha256", "x", "y", "w", "h")]
    return (None if None in row else row for row in zip(*columns, strict=True))


def places(table: pa.Table) -> Iterable[Place]:
    """Give image and face of each row; every one has a face."""
    return zip(texts(table["image"]), numbers(table["face"]), strict=True)
