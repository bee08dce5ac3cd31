"""A file's bytes, if it is one that can hold a photograph."""

import os
import stat
from pathlib import Path

from visage.formats import HEAD, Format, by_content, by_suffix
from visage.images.decode import ImageProblem
from visage.sets.walk import Stat
from visage.status import Status

MAX_BYTES = 1 << 30  # a larger file is no photograph; 200 megapixels of 16-bit TIFF come near it
# Where a photograph and a film of one name lie side by side, a phone took both at once.
_LIVE = (".heic", ".jpg", ".jpeg", ".heif", ".HEIC", ".JPG", ".JPEG", ".HEIF")


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
        found = by_content(file.read(HEAD)) or by_suffix(path.suffix)
        if found and not found.read:
            raise ImageProblem(Status.UNREADABLE, _why_not(found, path), lasting=False)
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


def _why_not(found: Format, path: Path) -> str:
    if found.name == "film":
        for suffix in _LIVE:
            photograph = path.with_suffix(suffix)
            if photograph.is_file():
                return f"the film of a live photograph, {photograph.name}, which is read"
    return found.reason
