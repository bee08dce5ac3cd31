"""A statement about a face of a photograph, made of what the results know of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visage.errors import VisageError
from visage.layout import SETS, Results
from visage.people.editing import now
from visage.people.labels import Say, Statement
from visage.status import Status
from visage.store.arrow import equal
from visage.store.paths import as_text, nfc
from visage.store.tables import read_table
from visage.types import Box

SOURCE = "command"


@dataclass(frozen=True)
class Which:
    """The face of a photograph that is meant; without either the only one."""

    face: int | None = None
    box: Box | None = None

    @classmethod
    def of(cls, face: int | None, box: str | None) -> "Which":
        """Read a box as "x,y,w,h".

        Raises:
            VisageError: Both are given, or the box is none.
        """
        if box is None:
            return cls(face)
        if face is not None:
            raise VisageError("Give --face or --box, not both.")
        try:
            given = Box(*map(float, box.split(",")))
        except (ValueError, TypeError) as error:
            raise VisageError(f"--box: {box!r} is not four numbers: x,y,w,h.") from error
        if not (given.w > 0 and given.h > 0):
            raise VisageError(f"--box: {box!r} has no size.")
        return cls(None, given)


def state(photo: Path, person: str, say: Say, which: Which, results: Path) -> Statement:
    """Make a statement about a photograph.

    Args:
        photo: The file.
        person: The id; "" for `ignore`.
        say: What is said.
        which: The face that is meant.
        results: A results folder that knows the photograph; without one the box stays empty, which
            means the most prominent face.

    Raises:
        VisageError: There is no such file or face, or nobody can tell which face is meant.
    """
    try:
        with photo.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VisageError(f"{photo} cannot be read: {error.strerror}.") from error
    faces = _faces(results, sha256)
    image = faces[0]["image"] if faces else as_text(photo.as_posix())
    box = which.box or _box(photo, which.face, faces, results)
    return Statement(sha256, nfc(image), box, nfc(person).strip(), say, SOURCE, now())


def _faces(results: Path, sha256: str) -> list[dict[str, Any]]:
    """Find the faces of a photograph by its content, in the tables of both sets."""
    columns = ["image", "sha256", "status", "face", "x", "y", "w", "h"]
    for name in SETS:
        for path in sorted(Results(results).set(name).tables.glob("*.parquet")):
            table = read_table(path, columns)
            found = table.filter(equal(table["sha256"], sha256)).to_pylist()
            if found:
                image = found[0]["image"]
                return [row for row in found if row["image"] == image]
    return []


def _box(photo: Path, number: int | None, faces: list[dict[str, Any]], results: Path) -> Box | None:
    known = {row["face"]: row for row in faces if row["x"] is not None}
    if number is not None:
        if number not in known:
            listed = ", ".join(map(str, sorted(known))) or "none"
            raise VisageError(
                f"{photo}: {results} knows no face {number} of it; those it knows: {listed}."
            )
        return _of(known[number])
    usable = [row for row in known.values() if row["status"] == Status.OK]
    if len(usable) > 1:
        listed = "".join(
            "\n  --face {face}: {w:.0f} x {h:.0f} pixels at {x:.0f}, {y:.0f}".format(**row)
            for row in sorted(usable, key=lambda row: row["face"])
        )
        raise VisageError(f"{photo} has {len(usable)} faces. Say which one is meant:{listed}")
    return _of(usable[0]) if usable else None


def _of(row: dict[str, Any]) -> Box:
    return Box(*(round(row[side], 2) for side in ("x", "y", "w", "h")))
