"""The nearest faces, exactly, by matrix products in bounded memory."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.faces import Faces
from visage.types import Floats, Indices

MEMORY_MB = 256  # for the working arrays; the embeddings themselves come on top
BLOCK = 16_384  # items in one matrix product: its result stays in the processor's cache
# Squared distances are first estimated in float32, and so many more candidates than asked for are
# then measured in float64, so that rounding does not decide who is among the nearest.
SPARE = 16
NONE = -1  # in place of an item number: there are no more


class Found(NamedTuple):
    """Items near each query, nearest first; equal distances in order of the item number."""

    items: Indices  # (n, k); NONE where there are fewer
    distances: NDArray[np.float64]  # (n, k), Euclidean; infinite where there is no item


@dataclass(frozen=True)
class ExactSearch:
    """Compares a probe with every face of the gallery."""

    faces: Faces
    neighbours: int

    def recall(self, _queries: Floats) -> float | None:
        """Give None: there is nothing to measure."""
        return None

    def near(self, queries: Floats) -> Found:
        """Find the nearest faces of each query."""
        return exact(queries, self.faces.vectors, self.neighbours)

    def near_people(self, queries: Floats, people: int) -> tuple[Found, Found]:
        """Find the nearest faces, and faces among which are those of the nearest `people`."""
        near, each = exact_people(
            queries, self.faces.vectors, self.faces.codes, self.neighbours, people
        )
        # The neighbours as well: of two nearly equal faces they have the nearer one for certain.
        both = (np.hstack(pair) for pair in zip(near, each, strict=True))
        return near, Found(*both)

    def near_of(self, queries: Floats, people: Indices) -> tuple[Found, Indices]:
        """Find the nearest faces, and the nearest face of each of `people`, shape (n, r)."""
        near, each = exact_people(
            queries, self.faces.vectors, self.faces.codes, self.neighbours, people
        )
        return near, each.items

    def near_faces_of(self, queries: Floats, person: str) -> Indices:
        """Find the nearest faces of one person, shape (n, k); fewer where the person has fewer."""
        own = self.faces.rows[person]
        return own[exact(queries, self.faces.vectors[own], self.neighbours).items]


def exact(queries: Floats, items: Floats, k: int, memory_mb: int = MEMORY_MB) -> Found:
    """Find the `k` items nearest to each query, or all if there are fewer.

    Args:
        queries: Shape (n, d), float32.
        items: Shape (m, d), float32.
        k: How many, at least 1.
        memory_mb: For the working arrays.

    Returns:
        Distances computed in float64 from the differences, so equal vectors are exactly 0 apart.
    """
    k = min(k, len(items))
    parts = []
    squares = _squares(items)
    for rows in _rows(len(queries), len(items), memory_mb):
        keys = _keys(queries[rows], items, squares)
        parts.append(_kept(measured(queries[rows], items, _smallest(keys, k)), k))
    return _joined(parts, k)


def smallest_of_products(
    queries: Floats, weights: NDArray[np.float64], offsets: NDArray[np.float64], k: int
) -> Found:
    """Find the `k` items with the smallest offset + query · weight, or all if there are fewer.

    Args:
        queries: Shape (n, d), float32.
        weights: Shape (m, d).
        offsets: Shape (m,).
        k: How many, at least 1.

    Returns:
        The sums in place of distances, computed in float64.
    """
    k = min(k, len(weights))
    width = min(len(weights), k + SPARE)
    right, start = weights.T.astype(np.float32), offsets.astype(np.float32)
    step = max(
        1, min(MEMORY_MB * 1_000_000 // (24 * len(weights)), 4_000_000 // weights[:width].size)
    )
    parts = []
    for first in range(0, len(queries), step):
        probes = queries[first : first + step]
        rough = probes @ right
        rough += start
        items = np.argpartition(rough, width - 1, axis=1)[:, :width]
        sums = offsets[items] + np.einsum("nd,nkd->nk", probes.astype(np.float64), weights[items])
        parts.append(_kept(Found(items, sums), k))
    return _joined(parts, k)


def exact_people(
    queries: Floats,
    items: Floats,
    people: Indices,
    k: int,
    wanted: int | Indices,
    memory_mb: int = MEMORY_MB,
) -> tuple[Found, Found]:
    """Find the nearest items, and the nearest item of each of some people, in one pass.

    Args:
        queries: Shape (n, d), float32.
        items: Shape (m, d), float32.
        people: Shape (m,): the person of each item, numbered from 0 without a gap.
        k: How many neighbours.
        wanted: The people of each query, shape (n, r); or how many of the nearest people.
        memory_mb: For the working arrays.

    Returns:
        The `k` neighbours, and the nearest item of each wanted person: in the order of `wanted`
        if people were given, otherwise by distance (a few more people than asked for).
    """
    order = np.argsort(people, kind="stable")
    grouped = np.array_equal(order, np.arange(len(order)))
    sorted_items = items if grouped else items[order]
    starts = np.searchsorted(people[order], np.arange(people.max() + 1))
    squares = _squares(sorted_items)
    k = min(k, len(items))
    near, nearest = [], []
    for rows in _rows(len(queries), len(items), memory_mb):
        keys = _keys(queries[rows], sorted_items, squares)
        each = np.minimum.reduceat(keys, starts, axis=1)
        if isinstance(wanted, int):
            chosen = _smallest(each, wanted)
        else:
            chosen = _item(np.take_along_axis(each, wanted[rows], axis=1))
        candidates = order[_smallest(keys, k)]
        near.append(_kept(measured(queries[rows], items, candidates), k))
        of_people = measured(queries[rows], items, order[chosen])
        nearest.append(by_distance(of_people) if isinstance(wanted, int) else of_people)
    width = wanted if isinstance(wanted, int) else wanted.shape[1]
    return _joined(near, k), _joined(nearest, width)


def measured(queries: Floats, items: Floats, candidates: Indices) -> Found:
    """Measure the distances (float64) of each query to its candidates, shape (n, c)."""
    distances = np.empty(candidates.shape, np.float64)
    width = max(1, candidates.shape[1] * items.shape[1])
    step = max(1, 4_000_000 // width)
    for start in range(0, len(queries), step):
        rows = slice(start, start + step)
        differences = items[candidates[rows]].astype(np.float64)
        differences -= queries[rows, None, :]
        distances[rows] = np.sqrt(np.einsum("nkd,nkd->nk", differences, differences))
    return Found(candidates, distances)


def by_distance(found: Found) -> Found:
    """Sort each row by distance, then by item number."""
    order = np.lexsort((found.items, found.distances), axis=1)
    return Found(
        np.take_along_axis(found.items, order, axis=1),
        np.take_along_axis(found.distances, order, axis=1),
    )


def _kept(found: Found, k: int) -> Found:
    found = by_distance(found)
    return Found(found.items[:, :k], found.distances[:, :k])


def _joined(parts: list[Found], width: int) -> Found:
    if not parts:
        return Found(np.empty((0, width), np.int64), np.empty((0, width)))
    return Found(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _rows(queries: int, items: int, memory_mb: int) -> list[slice]:
    """Cut the queries into parts whose keys (8 bytes each) fit into the memory.

    Their partition and the keys of all people's nearest faces may be as many again each.
    """
    step = max(1, memory_mb * 1_000_000 // (3 * 8 * items))
    return [slice(start, min(start + step, queries)) for start in range(0, queries, step)]


def _squares(vectors: Floats) -> Floats:
    return np.einsum("nd,nd->n", vectors, vectors)


def _keys(queries: Floats, items: Floats, squares: Floats) -> Indices:
    """Give a sortable number for each query and item, shape (n, m): distance first, then item.

    |a|² + |b|² − 2ab in float32; the bits of a float that is not negative, read as an integer,
    are in the same order as the floats. The item number stands in the lower half.
    """
    keys = np.empty((len(queries), len(items)), np.int64)
    own = _squares(queries)[:, None]
    for start in range(0, len(items), BLOCK):
        block = slice(start, start + BLOCK)
        squared = queries @ items[block].T
        squared *= -2
        squared += squares[block]
        squared += own
        np.maximum(squared, np.finfo(np.float32).tiny, out=squared)
        keys[:, block] = squared.view(np.int32)
    keys <<= 32
    keys |= np.arange(len(items))
    return keys


def _item(keys: Indices) -> Indices:
    return keys & 0xFFFFFFFF


def _smallest(keys: Indices, k: int) -> Indices:
    """Give the items of the k smallest keys of each row, and some to spare, in no order."""
    spared = k + SPARE
    if spared < keys.shape[1]:
        keys = np.partition(keys, spared - 1, axis=1)[:, :spared]
    return _item(keys)
