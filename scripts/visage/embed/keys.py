"""Which images a segment of the cache holds, without reading the segment.

A list `<segment>.keys` holds, sorted, the first 16 hexadecimal digits of each image's SHA-256 and
its row: twelve bytes an image, six megabytes for half a million. It says where to look, no more:
what is found there is compared with the whole SHA-256. A list that is missing, as beside segments
of earlier versions, or that is of another segment, is made again from the segment.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visage.store.files import PRIVATE, replacing

log = logging.getLogger(__name__)

DIGITS = 16  # of a SHA-256, in a key
KEY = np.dtype([("key", "<u8"), ("row", "<u4")])

Entries = NDArray[np.void]  # of `KEY`, sorted by key
# Sorted keys, and of each the row and the number of its segment.
Places = tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint32]]


class Keys:
    """Where images are in the segments of a cache."""

    def __init__(
        self, segments: Sequence[Path], hashes_of: Callable[[Path], list[str] | None]
    ) -> None:
        """Prepare; nothing is read before the first question.

        Args:
            segments: The files of the cache.
            hashes_of: Reads the SHA-256 of a segment's rows; None where it cannot be read.
        """
        self._segments = segments
        self._hashes_of = hashes_of
        self._merged: tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint32]] | None = (
            None
        )

    def places(self, hashes: set[str]) -> Iterator[tuple[Path, list[int]]]:
        """Give the segments that may hold the images, each with their rows, oldest first."""
        if not hashes or not self._segments:
            return
        keys, rows, numbers = self._lists()
        wanted = np.array([int(sha256[:DIGITS], 16) for sha256 in hashes], np.uint64)
        first, last = (np.searchsorted(keys, wanted, side) for side in ("left", "right"))
        places: dict[int, list[int]] = {}
        for start, end in zip(first, last, strict=True):
            for place in range(start, end):
                places.setdefault(int(numbers[place]), []).append(int(rows[place]))
        for number in sorted(places):
            yield self._segments[number], sorted(places[number])

    def _lists(self) -> Places:
        """Read all lists: keys in order, with the row and the segment of each."""
        if self._merged is None:
            lists = [self._read(path) for path in self._segments]
            entries = np.concatenate(lists)
            numbers = np.repeat(np.arange(len(lists), dtype=np.uint32), [len(x) for x in lists])
            order = np.argsort(entries["key"], kind="stable")
            self._merged = (entries["key"][order], entries["row"][order], numbers[order])
        return self._merged

    def _read(self, segment: Path) -> Entries:
        entries = _stored(segment)
        if entries is not None:
            return entries
        hashes = self._hashes_of(segment)
        if hashes is None:
            return np.empty(0, KEY)
        try:
            return write_keys(segment, hashes)
        except OSError as error:
            log.info("%s cannot be written (%s): it is made anew each time", segment, error)
            return _entries(hashes)


def write_keys(segment: Path, hashes: Sequence[str]) -> Entries:
    """Write the list of a segment whose rows have these SHA-256, and give it."""
    entries = _entries(hashes)
    size = segment.stat().st_size  # by which a list is known to be this segment's
    with replacing(_beside(segment), PRIVATE) as temporary:
        np.concatenate([np.array([(size, len(entries))], KEY), entries]).tofile(temporary)
    return entries


def _stored(segment: Path) -> Entries | None:
    """Read the list beside a segment, if there is one and it is of that segment."""
    try:
        stored, size = np.fromfile(_beside(segment), KEY), segment.stat().st_size
    except OSError:
        return None
    whole = len(stored) and (int(stored["key"][0]), int(stored["row"][0])) == (
        size,
        len(stored) - 1,
    )
    return stored[1:] if whole else None


def _entries(hashes: Sequence[str]) -> Entries:
    entries = np.empty(len(hashes), KEY)
    entries["key"] = [int(sha256[:DIGITS], 16) for sha256 in hashes]
    entries["row"] = np.arange(len(hashes))
    return np.sort(entries, order="key", kind="stable")


def _beside(segment: Path) -> Path:
    return segment.with_suffix(".keys")
