"""One pass over a set's folder: pictures, films and vectors; what is left out is counted.

The Snakefile imports this module, so it needs the standard library only.
"""

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from visage.errors import VisageError
from visage.formats import HEAD, by_suffix, looks_like_a_picture
from visage.sets.sheets import CUES

VECTOR_SUFFIX = ".vector"
_ASIDE = (VECTOR_SUFFIX, CUES)  # what is no picture, and may say something of one

# Folders that systems and network storage leave between the photographs.
LITTER = frozenset(
    {
        *("@eaDir", "#recycle", "#snapshot", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN"),
        *("RECYCLER", "System Volume Information", "lost+found", "__MACOSX"),
    }
)
NO_MEDIA = ".nomedia"  # a folder that holds a file of this name is left out, as on Android
ORIGINAL = "_original"  # what exiftool calls a file before its change
DOT = "names that begin with a dot"

BROKEN = -1  # the size of a link to nowhere, or of a file that may not be looked at
_NOT_A_FILE = 0  # the size of a pipe, a socket or a device
_Identity = tuple[int, int]  # device and inode


class Stat(NamedTuple):
    """What tells whether a file is still the same without reading it."""

    size: int  # bytes; `BROKEN` where there is no file
    mtime_ns: int


@dataclass
class Found:
    """What a walk over a folder found. Paths are relative to it, as the system gives them."""

    files: dict[str, Stat] = field(default_factory=dict)  # pictures, films and `.vector` files
    litter: Counter[str] = field(default_factory=Counter)  # what systems leave → how many
    excluded: Counter[str] = field(default_factory=Counter)  # pattern of `exclude` → how many
    cues: dict[str, Stat] = field(default_factory=dict)  # `.vtt` files
    other: int = 0  # files that are none of these
    again: dict[str, str] = field(default_factory=dict)  # link → the folder, listed already

    @property
    def left_out(self) -> int:
        """How many files and whole folders were left out by rule."""
        return self.litter.total() + self.excluded.total()


class _Folder(NamedTuple):
    path: str
    prefix: str  # "" or the path below the root with a slash at its end


# Gives the pattern that leaves a path out, if one does; folders end in a slash.
Excludes = Callable[[str], str | None]


def walk(root: str, excludes: Excludes | None = None, found: Found | None = None) -> Found:
    """Find what lies below `root`, at any depth.

    Links are followed. A folder is looked at once, however many links lead to it, and where it
    lies itself before its links.

    Args:
        root: The folder.
        excludes: Says what is left out besides what systems leave behind; None for nothing.
        found: To be added to, with `root` in front of nothing; None begins anew.

    Raises:
        VisageError: A folder cannot be read, or a link of the first level leads nowhere.
    """
    found = found or Found()
    known: dict[_Identity, str] = {}
    waiting, links = [_Folder(root, "")], list[_Folder]()
    while waiting or links:
        if not waiting:
            links.sort(reverse=True)
            waiting.append(links.pop())
        folder = waiting.pop()
        identity, children = _read(folder.path)
        if identity in known:
            found.again[folder.prefix.rstrip("/")] = known[identity].rstrip("/")
            continue
        known[identity] = folder.prefix
        if NO_MEDIA in {child.name for child in children}:
            found.litter[NO_MEDIA] += 1
            continue
        for child in children:
            place = _Folder(child.path, f"{folder.prefix}{child.name}/")
            if _is_folder(child):
                if not _left_out(child.name, LITTER.__contains__, place.prefix, excludes, found):
                    (links if child.is_symlink() else waiting).append(place)
            else:
                _take(child, folder.prefix + child.name, excludes, found)
    return found


def _read(folder: str) -> tuple[_Identity, list[os.DirEntry[str]]]:
    try:
        here = os.stat(folder)  # noqa: PTH116 - a million Paths are slow
        return (here.st_dev, here.st_ino), list(os.scandir(folder))
    except OSError as error:
        raise VisageError(
            f"The folder {folder} cannot be read: {error.strerror}. Change its permissions, or "
            "leave it out with the config key exclude."
        ) from error


def _is_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False  # a link in circles


def _left_out(
    name: str,
    is_litter: Callable[[str], bool],
    path: str,
    excludes: Excludes | None,
    found: Found,
) -> bool:
    if name.startswith("."):
        found.litter[DOT] += 1
    elif is_litter(name):
        found.litter[name] += 1
    elif excludes and (pattern := excludes(path)):
        found.excluded[pattern] += 1
    else:
        return False
    return True


def _take(child: os.DirEntry[str], path: str, excludes: Excludes | None, found: Found) -> None:
    """Take a file for the set, or count it."""
    name = child.name
    suffix = os.path.splitext(name)[1]  # noqa: PTH122
    known = suffix in _ASIDE or by_suffix(suffix) is not None
    if name.startswith(".") or (not known and name.endswith(ORIGINAL)):
        found.litter[DOT if name.startswith(".") else f"*{ORIGINAL}"] += 1
        return
    if excludes and (pattern := excludes(path)):
        found.excluded[pattern] += 1
        return
    unsure = not known and _says_nothing(suffix)
    if not (known or unsure):
        found.other += 1
        return
    try:
        status = child.stat()
    except OSError as error:
        _refuse_first_level(child, path, known, error)
        if suffix != CUES:
            found.files[path] = Stat(BROKEN, 0)
        return
    regular = stat.S_ISREG(status.st_mode)
    if unsure and not (regular and status.st_size and _begins_like_a_picture(child.path)):
        found.other += 1
    else:
        size = status.st_size if regular else _NOT_A_FILE
        (found.cues if suffix == CUES else found.files)[path] = Stat(size, status.st_mtime_ns)


def _says_nothing(suffix: str) -> bool:
    """Tell whether a suffix is none that programs give: `photo`, `IMG.1234`, `a.jpg_large`."""
    letters = suffix[1:]
    return not (letters.isalnum() and len(letters) <= 8) or letters.isdigit()


def _begins_like_a_picture(path: str) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        return looks_like_a_picture(os.read(handle, HEAD))
    except OSError:
        return False
    finally:
        os.close(handle)


def _refuse_first_level(child: os.DirEntry[str], path: str, known: bool, error: OSError) -> None:
    """A whole person or group must not go without a word because a disk is not mounted."""
    if not known and "/" not in path and child.is_symlink() and error.errno == errno.ENOENT:
        target = os.readlink(child.path)  # noqa: PTH115
        raise VisageError(
            f"{child.path} is a link to {target}, which is not there. Mount the disk it is on, or "
            "remove the link."
        ) from error
