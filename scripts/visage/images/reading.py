"""A file's bytes, if it is one that can hold a photograph."""

import os
import stat
from pathlib import Path

from visage.formats import HEAD, Format, by_content, by_suffix, disagreement
from visage.images.decode import EMPTY, ImageProblem
from visage.sets.walk import Stat
from visage.status import Status

MAX_BYTES = 1 << 30  # a larger file is no photograph; 200 megapixels of 16-bit TIFF come near it
# Where a photograph and a film of one name lie side by side, a phone took both at once.
_FILMS = (".mov", ".mp4")
_PHOTOGRAPHS = tuple(
    suffix
    for letters in ("heic", "heif", "jpg", "jpeg", "dng")
    for suffix in (f".{letters}", f".{letters.upper()}", f".{letters.capitalize()}")
)


def read(path: Path, most: int = MAX_BYTES) -> tuple[bytes, Stat]:
    """Read the image file `path`.

    Raises:
        ImageProblem: It is no file but a pipe or a device, is larger than `most` bytes, or of a
            kind that is not read: only its first bytes are looked at then.
        OSError: It cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever, a device may do things
        raise _not_a_file()
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        head = file.read(HEAD)
        if not head:
            raise ImageProblem(Status.UNREADABLE, EMPTY, lasting=False)
        found = by_content(head)
        if reason := _why_not(found, path):
            raise ImageProblem(Status.UNREADABLE, reason, lasting=False)
        if status.st_size > most:
            raise ImageProblem(
                Status.TOO_LARGE,
                f"the file has {status.st_size / 1e9:.1f} GB; more than {most / 1e9:.1f} GB are "
                "not read",
                lasting=False,
            )
        file.seek(0)
        return file.read(), Stat(status.st_size, status.st_mtime_ns)


def _not_a_file() -> ImageProblem:
    reason = "not a file but a pipe, a socket, a device or a folder"
    return ImageProblem(Status.UNREADABLE, reason, lasting=False)


def _why_not(found: Format | None, path: Path) -> str:
    """Say why a file is of no kind that is read; "" where it is, or may be.

    Where its content tells nothing its name counts: of films and drawings there are many kinds.
    """
    likely = found or by_suffix(path.suffix)
    if likely is None or likely.read:
        return ""
    live = _photograph_of(path) if likely.name == "film" else None
    reason = f"the film of a live photograph, {live.name}" if live else likely.reason
    if found is None:
        return f"{reason} (by its name; its content is of no known kind)"
    odd = disagreement(path.name, found.name)
    return f"{reason}; {odd}" if odd else reason


def _photograph_of(film: Path) -> Path | None:
    """Find the photograph that a phone took with a film."""
    if film.suffix.lower() not in _FILMS:
        return None
    beside = (film.with_suffix(suffix) for suffix in _PHOTOGRAPHS)
    return next((path for path in beside if path.is_file()), None)
