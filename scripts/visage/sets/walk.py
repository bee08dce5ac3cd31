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
from visage.layout import MARKER
from visage.sets.sheets import CUES

VECTOR_SUFFIX = ".vector"
_ASIDE = (VECTOR_SUFFIX, CUES)  # what is no picture, and may say something of one

# What is never looked into: what programs write beside each photograph, and sound, which comes in
# containers of films.
_NO_PICTURES = frozenset(
    (
        f"{VECTOR_SUFFIX} {CUES} .xmp .json .aae .pp3 .dop .cos .on1 .m4a .m4b .m4p .aac .mp3 .mka "
        ".wma .wav .flac .ogg .oga .opus .weba"
    ).split()
)

# Folders that systems and network storage leave between the photographs, in any letter case: each
# system and each server has its own.
_LITTER = (
    *("@eaDir", "@tmp", "#recycle", "#snapshot", "@Recycle", "@Recently-Snapshot"),
    *("$RECYCLE.BIN", "RECYCLER", "RECYCLED", "FOUND.000", "System Volume Information"),
    *("lost+found", "__MACOSX"),
)
LITTER = {name.casefold(): name for name in _LITTER}
NO_MEDIA = ".nomedia"  # a folder that holds a file of this name is left out, as on Android
RESULTS = f"results of this workflow ({MARKER})"
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
    folders: list[str] = field(default_factory=list)  # of the first level, that were looked into

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
        if mark := _mark({child.name.casefold() for child in children}):
            found.litter[mark] += 1
            continue
        if folder.prefix.count("/") == 1:
            found.folders.append(folder.prefix.rstrip("/"))
        for child in children:
            place = _Folder(child.path, f"{folder.prefix}{child.name}/")
            if _is_folder(child):
                if not _left_out(child.name, place.prefix, excludes, found):
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


def _mark(names: set[str]) -> str | None:
    """Give what leaves out the folder that holds files of these names, if one does."""
    marks = {NO_MEDIA: NO_MEDIA, MARKER: RESULTS}
    return next((mark for name, mark in marks.items() if name in names), None)


def _is_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False  # a link in circles


def _left_out(name: str, path: str, excludes: Excludes | None, found: Found) -> bool:
    """Tell whether a folder is left out, and count it."""
    if name.startswith("."):
        found.litter[DOT] += 1
    elif litter := LITTER.get(name.casefold()):
        found.litter[litter] += 1
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
    if name.startswith(".") or (not known and name.lower().endswith(ORIGINAL)):
        found.litter[DOT if name.startswith(".") else f"*{ORIGINAL}"] += 1
    elif excludes and (pattern := excludes(path)):
        found.excluded[pattern] += 1
    elif not known and suffix.lower() in _NO_PICTURES:
        found.other += 1
    else:
        _look_at(child, path, suffix, known, found)


def _look_at(child: os.DirEntry[str], path: str, suffix: str, known: bool, found: Found) -> None:
    """Take a file whose name promises a picture, or whose content is one; or count it."""
    try:
        status = child.stat()
    except OSError as error:
        circle = error.errno == errno.ELOOP  # leads nowhere, whatever is mounted
        if not known and not circle and "/" not in path and child.is_symlink():
            raise _not_mounted(child, error) from error
        if suffix != CUES:
            found.files[path] = Stat(BROKEN, 0)
        return
    regular = stat.S_ISREG(status.st_mode)
    if not (known or (regular and status.st_size and _begins_like_a_picture(child.path))):
        found.other += 1
        return
    size = status.st_size if regular else _NOT_A_FILE
    (found.cues if suffix == CUES else found.files)[path] = Stat(size, status.st_mtime_ns)


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


def _not_mounted(child: os.DirEntry[str], error: OSError) -> VisageError:
    """Say that a whole person or group is missing, which must not go without a word."""
    target = os.readlink(child.path)  # noqa: PTH115
    if error.errno == errno.ENOENT:
        why = "which is not there"
    else:
        why = f"which cannot be reached: {error.strerror}"
    return VisageError(
        f"{child.path} is a link to {target}, {why}. Mount the disk it is on, or remove the link."
    )
