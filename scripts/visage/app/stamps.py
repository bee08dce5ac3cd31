"""Things made from files, made again when one of the files is another."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
Stamp = tuple[int, int, int] | None


def stamp(path: Path | None) -> Stamp:
    """Give what changes with a file; None where there is none."""
    try:
        stat = path.stat() if path else None
    except FileNotFoundError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat else None


class Fresh(Generic[T]):
    """A thing that is as new as its files."""

    def __init__(self, files: Callable[[], Iterable[Path | None]], make: Callable[[], T]) -> None:
        """Make nothing yet."""
        self._files = files
        self._make = make
        self._made: tuple[list[Stamp], T] | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """Give the thing, made again where a file changed."""
        stamps = [stamp(path) for path in self._files()]
        with self._lock:
            if self._made is None or self._made[0] != stamps:
                self._made = (stamps, self._make())
            return self._made[1]
