"""Average linkage over a graph of near neighbours, with pairs that must stay apart.

Two clusters are as far apart as their faces are on average (UPGMA; R. Sokal and C. Michener, 1958),
here by the squared Euclidean distance. That mean is a matter of sums alone,

    mean |a − b|² = mean |a|² + mean |b|² − 2 · mean a · mean b,

so no matrix of distances is kept. Clusters that are each other's nearest are merged, all such
pairs at once: average linkage is reducible (F. Murtagh, "A survey of recent advances in
hierarchical clustering algorithms", Computer Journal 26, 1983), so the result is the same as that
of one merge at a time.

Pairs farther apart than the cut are never looked at. That loses nothing: the mean over two merged
clusters is never below the smaller of the two means. A face with more near neighbours than the
graph holds is searched again as part of its cluster, until nothing more merges.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visage.types import Floats, Indices, Reals

Marks = NDArray[np.bool_]

NEIGHBOURS = 64  # of a face or cluster, in the graph
ROWS, BLOCK = 1024, 16_384  # of one matrix product: its result stays small, 64 MB
KEPT = 4  # times NEIGHBOURS a row: so many candidates are held before the farthest are dropped


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


def gather(vectors: Floats, apart: Indices, cut: float, neighbours: int = NEIGHBOURS) -> Indices:
    """Gather faces into clusters.

    Args:
        vectors: Shape (n, d), in the space in which distances are taken.
        apart: Shape (m, 2): pairs of faces that must never be in one cluster.
        cut: The largest mean Euclidean distance (root of the mean of squares) within which two
            clusters are merged.
        neighbours: How many neighbours of a face are looked at in one pass.

    Returns:
        The cluster of each face, shape (n,), numbered from 0 in the order in which they come.
    """
    state = _Clusters(vectors, apart)
    limit = np.float32(cut) ** 2
    again = np.arange(len(vectors))
    while len(again):
        edges, full = state.near(again, limit, neighbours)
        before = len(state.sizes)
        renumbered = state.merge_all(edges, limit)
        again = np.unique(renumbered[full]) if len(state.sizes) < before else full[:0]
    return _in_order(state.label)


class _Clusters:
    """The clusters so far: sums over their faces, and which of them must stay apart."""

    def __init__(self, vectors: Floats, apart: Indices) -> None:
        self.label = np.arange(len(vectors))  # the cluster of each face
        self.sums = vectors.astype(np.float32)
        self.squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64)
        self.sizes = np.ones(len(vectors), np.int64)
        self.apart = _pairs(apart[:, 0], apart[:, 1], len(vectors))

    def near(self, rows: Indices, limit: np.float32, most: int) -> tuple[Edges, Indices]:
        """Find the clusters near to each of `rows`; also those rows that had more than `most`."""
        means = (self.sums / self.sizes[:, None]).astype(np.float32)
        squares = (self.squares / self.sizes).astype(np.float32)
        parts, full = [], []
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            edges, crowded = _near(means, squares, some, limit, most)
            parts.append(edges)
            full.append(crowded)
        joined = Edges(*(np.concatenate(p) for p in zip(*map(_columns, parts), strict=True)))
        first = np.unique(_keys(joined.one, joined.other, len(self.sizes)), return_index=True)[1]
        return joined.where(first), np.concatenate(full)

    def merge_all(self, edges: Edges, limit: np.float32) -> Indices:
        """Merge until no pair is near enough; give each former cluster's number now."""
        whole = np.arange(len(self.sizes))
        while True:
            edges = edges.where(~self._barred(edges))
            pairs = _mutual(edges, len(self.sizes))
            if not len(pairs):
                return whole
            renumbered = self._merge(edges.one[pairs], edges.other[pairs])
            touched = np.zeros(len(self.sizes), bool)
            touched[renumbered[edges.one[pairs]]] = True
            edges = self._renumbered(edges, renumbered, touched)
            edges = edges.where(edges.distance <= limit)
            whole = renumbered[whole]

    def _merge(self, one: Indices, other: Indices) -> Indices:
        """Merge each cluster of `other` into that of `one`; give the new number of each."""
        for values in (self.sums, self.squares, self.sizes):
            values[one] += values[other]
        kept = np.ones(len(self.sizes), bool)
        kept[other] = False
        renumbered = np.cumsum(kept) - 1
        renumbered[other] = renumbered[one]
        self.sums, self.squares = self.sums[kept], self.squares[kept]
        self.sizes = self.sizes[kept]
        self.label = renumbered[self.label]
        self.apart = _pairs(renumbered[self.apart[:, 0]], renumbered[self.apart[:, 1]], len(kept))
        return renumbered

    def _renumbered(self, edges: Edges, renumbered: Indices, touched: Marks) -> Edges:
        """Bring edges to the merged clusters, each once, and measure what has changed."""
        one, other = renumbered[edges.one], renumbered[edges.other]
        low, high = np.minimum(one, other), np.maximum(one, other)
        outside = np.flatnonzero(low != high)
        keys = _keys(low[outside], high[outside], len(self.sizes))
        first = outside[np.unique(keys, return_index=True)[1]]
        low, high, distance = low[first], high[first], edges.distance[first].copy()
        changed = np.flatnonzero(touched[low] | touched[high])
        distance[changed] = self._distance(low[changed], high[changed])
        return Edges(low, high, distance)

    def _distance(self, one: Indices, other: Indices) -> Floats:
        products = np.empty(len(one), np.float64)
        for start in range(0, len(one), BLOCK):
            a, b = one[start : start + BLOCK], other[start : start + BLOCK]
            dots = np.einsum("nd,nd->n", self.sums[a], self.sums[b], dtype=np.float64)
            products[start : start + BLOCK] = dots / (self.sizes[a] * self.sizes[b])
        spread = self.squares[one] / self.sizes[one] + self.squares[other] / self.sizes[other]
        return (spread - 2 * products).astype(np.float32)

    def _barred(self, edges: Edges) -> Marks:
        size = len(self.sizes)
        barred = _keys(self.apart[:, 0], self.apart[:, 1], size)
        return np.isin(_keys(edges.one, edges.other, size), barred)


def _near(
    means: Floats, squares: Floats, rows: Indices, limit: np.float32, most: int
) -> tuple[Edges, Indices]:
    """Find what is near to `rows`, at most `most` each; also the rows that have more."""
    empty = np.empty(0, np.int64)
    row, item, distance = empty, empty, np.empty(0, np.float32)
    crowded = np.zeros(len(rows), bool)
    for start in range(0, len(means), BLOCK):
        far = means[rows] @ means[start : start + BLOCK].T
        far *= -2
        far += squares[start : start + BLOCK]
        far += squares[rows, None]
        here, column = np.nonzero(far <= limit)
        itself = rows[here] == column + start
        here, column = here[~itself], column[~itself]
        row, item = np.concatenate([row, here]), np.concatenate([item, column + start])
        distance = np.concatenate([distance, far[here, column]])
        if len(row) > KEPT * most * len(rows) or start + BLOCK >= len(means):
            order = np.lexsort((item, distance, row))
            place = _places(row[order])
            crowded[row[order][place >= most]] = True
            order = order[place < most]
            row, item, distance = row[order], item[order], distance[order]
    one = rows[row]
    edges = Edges(np.minimum(one, item), np.maximum(one, item), np.maximum(distance, 0))
    return edges, rows[crowded]


def _mutual(edges: Edges, size: int) -> Indices:
    """Give the edges whose two ends are each other's nearest; equal ones in order of number."""
    order = np.lexsort((edges.other, edges.one, edges.distance))
    place = np.arange(len(order))
    best = np.full(size, len(order))
    for end in (edges.one[order], edges.other[order]):
        np.minimum.at(best, end, place)
    nearest = (best[edges.one[order]] == place) & (best[edges.other[order]] == place)
    return order[nearest]


def _pairs(one: Indices, other: Indices, size: int) -> Indices:
    """Give pairs with the lower number first, each once, shape (m, 2)."""
    keys = np.unique(_keys(np.minimum(one, other), np.maximum(one, other), size))
    return np.stack([keys // max(1, size), keys % max(1, size)], axis=1)


def _keys(one: Indices, other: Indices, size: int) -> Indices:
    return one.astype(np.int64) * size + other


def _columns(edges: Edges) -> tuple[Indices, Indices, Floats]:
    return edges.one, edges.other, edges.distance


def _places(groups: Indices) -> Indices:
    """Count from 0 within each run of equal numbers."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(starts, np.diff([*starts, len(groups)]))


def _in_order(labels: Indices) -> Indices:
    first, inverse = np.unique(labels, return_index=True, return_inverse=True)[1:]
    return np.argsort(np.argsort(first))[inverse]


def within_pictures(pictures: Indices) -> Indices:
    """Give all pairs of faces that are in one picture, shape (m, 2)."""
    order = np.argsort(pictures, kind="stable")
    starts = np.flatnonzero(np.diff(pictures[order], prepend=-1))
    sizes = np.diff([*starts, len(order)])
    pairs = [np.empty((0, 2), np.int64)]
    for size in np.unique(sizes[sizes > 1]):
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        pairs.append(np.stack([members[:, one].ravel(), members[:, other].ravel()], axis=1))
    return np.concatenate(pairs)


def mean_distance(vectors: Floats) -> Reals:
    """Give each face's mean squared distance to the others of its cluster, shape (n,)."""
    vectors = vectors.astype(np.float64)
    squares = np.einsum("nd,nd->n", vectors, vectors)
    return squares + squares.mean() - 2 * (vectors @ vectors.mean(axis=0))
