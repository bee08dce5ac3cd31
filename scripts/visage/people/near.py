"""The graph of near clusters: which of those that are compared are within a distance.

Candidates are found by products of matrices in single precision and measured in double precision,
so a pair's distance does not depend on what it was compared with. A cluster keeps its `most`
nearest; a pair goes only if it is among those of neither.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.people.cells import Compared
from visage.people.sums import Sums
from visage.types import Floats, Indices

Marks = NDArray[np.bool_]

ROWS, COLUMNS = 1024, 16_384  # of one matrix product: its result stays small, 64 MB
AHEAD = 64  # products whose results wait at most
ROOM = 16_000_000  # pairs that are held before the farthest are dropped, or twice those that stay
SLACK = 1e-5  # of the limit: rounding in single precision


@dataclass(frozen=True)
class Edges:
    """Pairs of clusters, the lower number first, and the mean squared distance of their faces."""

    one: Indices
    other: Indices
    distance: Floats

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.one)

    def where(self, chosen: Indices | Marks) -> "Edges":
        """Give the chosen ones, by number or by a mask."""
        return Edges(self.one[chosen], self.other[chosen], self.distance[chosen])

    def also(self, more: "Edges") -> "Edges":
        """Give these and more."""
        one = np.concatenate([self.one, more.one])
        other = np.concatenate([self.other, more.other])
        return Edges(one, other, np.concatenate([self.distance, more.distance]))


class _Block(NamedTuple):
    """Clusters to compare; `own` says that the columns begin with the rows themselves."""

    rows: Indices
    columns: Indices
    own: bool


def near(
    sums: Sums, compared: Compared, again: Indices, limit: float, most: int, pool: Executor
) -> tuple[Edges, Indices]:
    """Find what is near to some clusters.

    Args:
        sums: Of all clusters.
        compared: Which are compared.
        again: Whose neighbours are looked for.
        limit: The largest mean squared distance.
        most: How many neighbours of a cluster are kept.
        pool: Its workers compare; the result is the same however many they are.

    Returns:
        The pairs, each once; and the clusters that had more than `most`.
    """
    marked = np.zeros(len(sums), bool)
    marked[again] = True
    found = _Nearest(sums, limit, most)
    work = partial(_compare, sums, limit * (1 + SLACK))
    blocks = _blocks(compared.members(), marked)
    while batch := list(islice(blocks, AHEAD)):
        for keys in pool.map(work, batch):
            found.add(keys)
    return found.edges(), np.flatnonzero(found.crowded)


def _blocks(cells: Iterable[Indices], marked: Marks) -> Iterator[_Block]:
    """Cut cells into blocks in which each pair with a marked cluster comes once."""
    for members in cells:
        chosen = marked[members]
        members, number = np.concatenate([members[chosen], members[~chosen]]), chosen.sum()
        for start in range(0, number, ROWS):
            rows = members[start : min(start + ROWS, number)]
            for first in range(start, len(members), COLUMNS):
                yield _Block(rows, members[first : first + COLUMNS], first == start)


def _compare(sums: Sums, limit: float, block: _Block) -> Indices:
    """Give the `keys_of` pairs of a block that are near.

    limit − |a − b|² = 2 · (a · b + (limit − |a|²) / 2 − |b|² / 2) is one product of vectors that
    are longer by two numbers.
    """
    rows, columns = block.rows, block.columns
    left = np.column_stack(
        [sums.means(rows), (limit - sums.squares(rows)) / 2, np.ones(len(rows))]
    ).astype(np.float32)
    right = np.column_stack(
        [sums.means(columns), np.ones(len(columns)), sums.squares(columns) / -2]
    ).astype(np.float32)
    within = left @ right.T >= 0
    if block.own:
        within[:, : len(rows)] = np.triu(within[:, : len(rows)], 1)
    row, column = np.divmod(np.flatnonzero(within), len(columns))
    return keys_of(rows[row], columns[column], len(sums))


class _Nearest:
    """The pairs found so far, without those that are among the nearest of neither end."""

    def __init__(self, sums: Sums, limit: float, most: int) -> None:
        self._sums, self._limit, self._most = sums, limit, most
        self._parts: list[Indices] = []
        self._held, self._room = 0, ROOM
        self.crowded = np.zeros(len(sums), bool)

    def add(self, keys: Indices) -> None:
        """Take pairs, which may have come before."""
        self._parts.append(keys)
        self._held += len(keys)
        if self._held > self._room:
            edges = self.edges()
            self._parts = [keys_of(edges.one, edges.other, len(self._sums))]
            self._held = len(edges)
            self._room = max(ROOM, 2 * self._held)

    def edges(self) -> Edges:
        """Measure them, and drop those that are too far."""
        size = max(1, len(self._sums))
        keys = np.unique(np.concatenate([np.empty(0, np.int64), *self._parts]))
        one, other = keys // size, keys % size
        edges = Edges(one, other, self._sums.distance(one, other))
        edges = edges.where(edges.distance <= self._limit)
        kept, crowded = _nearest(edges, size, self._most)
        self.crowded[crowded] = True
        return edges.where(kept)


def _nearest(edges: Edges, size: int, most: int) -> tuple[Marks, Indices]:
    """Mark the edges among the `most` nearest of either end; also who has more than `most`."""
    ends = (edges.one, edges.other)
    full = np.bincount(np.concatenate(ends), minlength=size) > most
    kept = ~(full[edges.one] & full[edges.other])
    number = [np.flatnonzero(full[end]) for end in ends]
    end = np.concatenate([ends[side][own] for side, own in enumerate(number)])
    edge = np.concatenate(number)
    order = np.lexsort((edge, edges.distance[edge], end))
    kept[edge[order][_places(end[order]) < most]] = True
    return kept, np.flatnonzero(full)


def keys_of(one: Indices, other: Indices, size: int) -> Indices:
    """Give each pair of numbers below `size` a number, whichever comes first."""
    return np.minimum(one, other).astype(np.int64) * size + np.maximum(one, other)


def _places(groups: Indices) -> Indices:
    """Count from 0 within each run of equal numbers."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(starts, np.diff([*starts, len(groups)]))
