"""An item of the queue as the page shows it: faces, questions, candidates; all as data."""

from typing import Any
from urllib.parse import quote

import pandas as pd

from visage.app.review.queue import Item, Queue, Review, move_command
from visage.app.review.tables import Face
from visage.audit.findings import KINDS
from visage.search.gallery import Gallery

SHOWN = 60  # faces of a cluster on the page; all of it are named
OTHERS = 9  # candidates, one a key


class Show:
    """Puts items together for the page."""

    def __init__(self, review: Review, index: Gallery) -> None:
        """Show what `review` has, with the pictures of the gallery `index`."""
        self._review = review
        self._index = index

    def item(self, queue: Queue, place: int, item: Item) -> dict[str, Any]:
        """Give everything that the page shows of an item."""
        faces = queue.faces(item)
        shown = {
            "key": item.key,
            "kind": item.kind,
            "number": place + 1,
            "of": len(queue.items),
            "seen": self._review.spoken.revision(faces),
        }
        parts = {"face": self._face, "cluster": self._cluster, "finding": self._finding}
        return shown | parts[item.kind](queue, item)

    def _face(self, queue: Queue, item: Item) -> dict[str, Any]:
        (face,) = queue.faces(item)
        return {"face": _face(face), "candidates": self._candidates(queue, face)}

    def _cluster(self, queue: Queue, item: Item) -> dict[str, Any]:
        faces = self._review.left_in(queue, item)
        return {
            "name": item.name,
            "count": len(faces),
            "faces": [_face(face) for face in faces[:SHOWN]],
            "candidates": self._candidates(queue, faces[0])[:1],
        }

    def _finding(self, queue: Queue, item: Item) -> dict[str, Any]:
        finding, (face,) = queue.finding(item), queue.faces(item)
        person, other = finding["person"], finding["other_person"]
        if other == person:  # two photographs of one folder
            other = ""
        people = self._review.collection.people()
        move = move_command(self._review.collection, finding["image"], other) if other else ""
        return {
            "face": _face(face),
            "says": KINDS.get(finding["kind"], finding["kind"]),
            "detail": finding["detail"],
            "person": {"id": person, "name": people.get(person, person)},
            "other": {"id": other, "name": people.get(other, other)} if other else None,
            "other_face": self._other_face(queue, finding),
            "move": move,
        }

    def _other_face(self, queue: Queue, finding: pd.Series) -> dict[str, Any] | None:
        image = finding["other_image"]
        row = queue.tables.gallery.row(image, 0) if image else None
        return None if row is None else _face(queue.tables.gallery.face(row))

    def _candidates(self, queue: Queue, face: Face) -> list[dict[str, Any]]:
        refused = self._review.spoken.refused(face)
        rows = queue.tables.matches.of(face.image, face.number)
        rows = rows[~rows["id"].isin(refused)].head(OTHERS + 1)
        return [self._candidate(queue, row) for row in rows.to_dict("records")]  # type: ignore[arg-type]

    def _candidate(self, queue: Queue, row: dict[str, Any]) -> dict[str, Any]:
        near = queue.tables.gallery.row(row["nearest"], int(row["nearest_face"]))
        picture = "" if near is None else _picture(queue.tables.gallery.face(near))
        probability = row["probability"]
        return {
            "id": row["id"],
            "name": row["name"] or row["id"],
            "verdict": row["verdict"],
            "probability": None if pd.isna(probability) else float(probability),
            "distance": float(row["distance"]),
            "picture": picture,
            "image": row["nearest"],
        }


def _face(face: Face) -> dict[str, Any]:
    return {
        "key": face.key,
        "image": face.image,
        "set": face.set,
        "picture": _picture(face),
        "whole": f"review/whole/{face.set}/{quote(face.key)}",
    }


def _picture(face: Face) -> str:
    return f"review/picture/{face.set}/{quote(face.key)}"
