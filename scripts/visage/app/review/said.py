"""What was said of faces so far, and what is said now: the labels file, shared with others."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence

from visage.app.collection import Collection
from visage.app.problem import Problem
from visage.app.review.tables import Face
from visage.app.stamps import Fresh
from visage.people.editing import append_labels, now, remove_labels
from visage.people.labels import Say, Statement, read_labels
from visage.people.resolution import OVERLAP, overlap
from visage.store.paths import nfc
from visage.types import Box

SOURCE = "review"
KEPT = 1000  # decisions that can be undone
PLACES = 2  # of a box in the labels file
LAST_WORDS = (Say.IS, Say.IGNORE)  # after which a face is decided


class Spoken:
    """The labels file, read again when somebody writes it."""

    def __init__(self, collection: Collection) -> None:
        """Read nothing yet."""
        self._path = collection.labels
        self._statements = Fresh(lambda: [self._path], self._read)
        self._undo: OrderedDict[str, list[Statement]] = OrderedDict()
        self._lock = threading.Lock()

    def _read(self) -> dict[str, list[Statement]]:
        found: dict[str, list[Statement]] = {}
        for one in read_labels(self._path).statements:
            found.setdefault(one.sha256 or nfc(one.image), []).append(one)
        return found

    def about(self, face: Face) -> list[Statement]:
        """Give what was said of a face."""
        known = self._statements.get()
        statements = [*known.get(face.sha256, ()), *known.get(nfc(face.image), ())]
        return [one for one in statements if _is_about(one, face)]

    def decided(self, face: Face) -> bool:
        """Tell whether somebody said who it is, or that it does not count."""
        return any(one.say in LAST_WORDS for one in self.about(face))

    def refused(self, face: Face) -> set[str]:
        """Give the people whom somebody said a face is not."""
        return {one.person for one in self.about(face) if one.say is Say.NOT}

    def revision(self, faces: Sequence[Face]) -> str:
        """Give what changes when anybody says something of these faces."""
        words = sorted(repr(one) for face in faces for one in self.about(face))
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]

    def say(self, words: Sequence[tuple[Face, Say, str]], seen: str, of: Sequence[Face]) -> str:
        """Write statements; give the name under which they can be taken back.

        Args:
            words: The face, what is said of it, and the person ("" for `ignore`).
            seen: The revision of `of` that the person saw who says so.
            of: The faces that were shown.

        Raises:
            Problem: 409, somebody else said something of them meanwhile.
            VisageError: The file cannot be written.
        """
        date = now()
        statements = [
            Statement(face.sha256, face.image, as_written(face.box), person, say, SOURCE, date)
            for face, say, person in words
        ]
        with self._lock:
            if self.revision(of) != seen:
                raise Problem(409, f"Meanwhile somebody else said: {self._listed(of)}. Look again.")
            before = {one for face in of for one in self.about(face)}
            append_labels(self._path, statements)
            name = secrets.token_urlsafe(12)
            self._undo[name] = [one for one in statements if one not in before]
            while len(self._undo) > KEPT:
                self._undo.popitem(last=False)
        return name

    def take_back(self, name: str) -> int:
        """Take statements back; give how many lines went.

        Raises:
            Problem: 404, it is none, or it is taken back already.
        """
        with self._lock:
            statements = self._undo.pop(name, [])
            count = remove_labels(self._path, statements) if statements else 0
        if not count:
            raise Problem(404, "This cannot be taken back any more; edit the labels file.")
        return count

    def _listed(self, faces: Sequence[Face]) -> str:
        words = {f"{one.say} {one.person}".strip() for face in faces for one in self.about(face)}
        return ", ".join(sorted(words)) or "nothing, it was taken back"


def as_written(box: Box | None) -> Box | None:
    """Give a box as the labels file will hold it, so that its line is found again."""
    return None if box is None else Box(*(round(side, PLACES) for side in box))


def _is_about(statement: Statement, face: Face) -> bool:
    if statement.box is None:
        return face.number == 0
    return face.box is None or overlap(statement.box, face.box) > OVERLAP
