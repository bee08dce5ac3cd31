"""What there is to decide, in the order in which it helps most."""

import hashlib
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from visage.app.collection import Collection
from visage.app.review.said import Spoken
from visage.app.review.tables import Face, Tables, doubtful, files, read_tables
from visage.app.service import Service
from visage.app.stamps import Fresh
from visage.layout import GALLERY

Kind = Literal["face", "cluster", "finding"]


@dataclass(frozen=True)
class Item:
    """One thing to decide. What it shows is looked up when it is its turn."""

    key: str
    kind: Kind
    row: int  # of the best candidates, or of the audit; of a cluster: none, −1
    name: str = ""  # of a cluster


@dataclass(frozen=True)
class Queue:
    """All that is to be decided, and where each of it stands."""

    tables: Tables
    items: list[Item]
    place: dict[str, int]

    def faces(self, item: Item) -> list[Face]:
        """Give the faces an item is about."""
        tables = self.tables
        if item.kind == "face":
            best = tables.matches.best.iloc[item.row]
            return self._known([(best["image"], best["face"])])
        if item.kind == "cluster":
            rows = tables.clusters[tables.clusters["cluster"] == item.name]
            return self._known(zip(rows["image"], rows["face"], strict=True))
        finding = tables.audit.iloc[item.row]
        row = tables.gallery.row(finding["image"], int(finding["face"] or 0))
        return [] if row is None else [tables.gallery.face(row)]

    def _known(self, pairs: object) -> list[Face]:
        rows = [self.tables.queries.row(image, int(number)) for image, number in pairs]  # type: ignore[attr-defined]
        return [self.tables.queries.face(row) for row in rows if row is not None]

    def finding(self, item: Item) -> pd.Series:
        """Give the line of the audit."""
        return self.tables.audit.iloc[item.row]


class Review:
    """The queue over the results as they are now, and what was said of it."""

    def __init__(self, service: Service, collection: Collection) -> None:
        """Read nothing yet."""
        self._service = service
        self.collection = collection
        self.spoken = Spoken(collection)
        self._queue = Fresh(lambda: [*files(collection), collection.results.evaluation], self._make)

    def queue(self) -> Queue:
        """Give the queue."""
        return self._queue.get()

    def _make(self) -> Queue:
        tables = read_tables(self.collection)
        threshold = self._service.index().threshold.value if len(tables.matches.best) else None
        found = [*_faces(tables, threshold), *_clusters(tables.clusters), *_findings(tables)]
        # Two files with the same bytes are one thing to decide.
        items = list({item.key: item for item in reversed(found)}.values())[::-1]
        return Queue(tables, items, {item.key: place for place, item in enumerate(items)})

    def open_from(self, place: int) -> tuple[int, Item] | None:
        """Give the first item from a place on that nobody has decided, and its place."""
        queue = self.queue()
        for number in range(max(0, place), len(queue.items)):
            item = queue.items[number]
            if not self._decided(queue, item):
                return number, item
        return None

    def _decided(self, queue: Queue, item: Item) -> bool:
        faces = queue.faces(item)
        if not faces:
            return True  # its photograph is in no table any more
        if item.kind != "cluster":
            best = self._suggested(queue, item)
            refused = self.spoken.refused(faces[0])
            return self.spoken.decided(faces[0]) or (bool(best) and best in refused)
        left = [face for face in faces if not self._outside(face, item.name)]
        return not left

    def _outside(self, face: Face, cluster: str) -> bool:
        return self.spoken.decided(face) or cluster in self.spoken.refused(face)

    @staticmethod
    def _suggested(queue: Queue, item: Item) -> str:
        if item.kind == "face":
            return str(queue.tables.matches.best.iloc[item.row]["id"])
        return ""

    def left_in(self, queue: Queue, item: Item) -> list[Face]:
        """Give the faces of a cluster of which nothing is decided."""
        return [face for face in queue.faces(item) if not self._outside(face, item.name)]


def _faces(tables: Tables, threshold: float | None) -> Iterator[Item]:
    best, known = tables.matches.best, tables.queries
    for row in doubtful(best, threshold).tolist():
        one = best.iloc[row]
        place = known.row(one["image"], int(one["face"]))
        if place is not None:
            yield Item(f"face-{known.face(place).key}", "face", row)


def _clusters(clusters: pd.DataFrame) -> Iterator[Item]:
    sizes = clusters.groupby("cluster").size()
    for name in sizes.sort_values(ascending=False, kind="stable").index:
        yield Item(f"cluster-{name}", "cluster", -1, str(name))


def _findings(tables: Tables) -> Iterator[Item]:
    for row, one in enumerate(tables.audit.to_dict("records")):
        if one["image"] and tables.gallery.row(one["image"], int(one["face"] or 0)) is not None:
            told = "\t".join(one[part] for part in ("kind", "person", "image", "other_person"))
            digest = hashlib.sha256(told.encode()).hexdigest()[:16]
            yield Item(f"finding-{digest}", "finding", row)


def move_command(collection: Collection, image: str, person: str) -> str:
    """Give the command that moves a photograph to another person's folder."""
    folder = collection.folder(GALLERY)
    return f"mv {shlex.quote(str(folder / image))} {shlex.quote(str(folder / person))}/"


def keys(faces: Sequence[Face]) -> list[str]:
    """Give the names of faces."""
    return [face.key for face in faces]
