"""Average linkage over a graph of near neighbours, with pairs that must stay apart.

Two clusters are as far apart as their faces are on average (UPGMA; R. Sokal and C. Michener, 1958).
Clusters that are each other's nearest are merged, all such pairs at once: average linkage is
reducible (F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms", Computer
Journal 26, 1983), so the result is the same as that of one merge at a time.

Pairs farther apart than the cut are never looked at. That loses nothing: the mean over two merged
clusters is never below the smaller of the two means. A cluster with more near neighbours than the
graph holds is searched again as part of what it became, until nothing more merges. Where not all
pairs are compared (`visage.people.cells`), so is everything that was merged: its mean is nearer to
the rest of the person than single faces are, and finds most of what they had missed.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from visage.people.cells import EXACT, compared
from visage.people.near import Edges, Marks, keys_of, near
from visage.people.sums import Sums
from visage.types import Floats, Indices, Reals

NEIGHBOURS = 32  # of a cluster, in the graph


def gather(
    vectors: Floats,
    apart: Indices,
    cut: float,
    *,
    neighbours: int = NEIGHBOURS,
    exact: int = EXACT,
    threads: int = 1,
) -> Indices:
    """Gather faces into clusters.

    Args:
        vectors: Shape (n, d), in the space in which distances are taken.
        apart: Shape (m, 2): pairs of faces that must never be in one cluster.
        cut: The largest mean Euclidean distance (root of the mean of squares) within which two
            clusters are merged.
        neighbours: How many neighbours of a face are looked at in one pass.
        exact: Up to so many faces all pairs are compared.
        threads: How many compare; the result does not depend on it.

    Returns:
        The cluster of each face, shape (n,), numbered from 0 in the order in which they come.
    """
    from threadpoolctl import threadpool_limits  # changes the environment of who imports it

    limit = float(np.float32(cut) ** 2)
    # One thread each, or the sums of a product come in another order with another number of them.
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        state, some = _Clusters(vectors, apart), compared(vectors, exact)
        again = np.arange(len(vectors))
        while len(again):
            edges, crowded = near(state.sums, some, again, limit, neighbours, pool)
            whole = state.merge_all(edges, limit)
            kept, sizes = np.unique(whole, return_index=True, return_counts=True)[1:]
            merged = np.flatnonzero(sizes > 1)
            some.follow(kept, merged, state.sums)
            again = np.unique(whole[crowded])
            if not some.lossless:
                again = np.union1d(again, merged)
            if not len(merged):
                break
    return _in_order(state.label)


class _Clusters:
    """The clusters so far, and which of them must stay apart."""

    def __init__(self, vectors: Floats, apart: Indices) -> None:
        self.label = np.arange(len(vectors))  # the cluster of each face
        self.sums = Sums(vectors)
        self._apart = apart  # pairs of clusters, shape (m, 2)

    def merge_all(self, edges: Edges, limit: float) -> Indices:
        """Merge until no pair is near enough; give each former cluster's number now."""
        whole = np.arange(len(self.sums))
        edges = edges.where(~self._barred(edges))
        while len(pairs := _mutual(edges, len(whole))):
            into = np.arange(len(whole))
            into[edges.other[pairs]] = edges.one[pairs]
            self.sums.add(edges.one[pairs], edges.other[pairs])
            self._apart = into[self._apart]
            edges = self._after(edges, into, edges.one[pairs], limit)
            whole = into[whole]
        left, numbers = np.unique(whole, return_inverse=True)
        self.sums.keep(left)
        self.label, self._apart = numbers[self.label], numbers[self._apart]
        return numbers

    def _after(self, edges: Edges, into: Indices, merged: Indices, limit: float) -> Edges:
        """Bring edges to the merged clusters, each once, and measure those anew."""
        touched = np.zeros(len(into), bool)
        touched[merged] = True
        one, other = into[edges.one], into[edges.other]
        changed = touched[one] | touched[other]
        keys = np.unique(keys_of(one[changed], other[changed], len(into)))
        one, other = keys // len(into), keys % len(into)
        one, other = one[one != other], other[one != other]
        new = Edges(one, other, self.sums.distance(one, other))
        new = new.where(new.distance <= limit)
        return edges.where(~changed).also(new.where(~self._barred(new)))

    def _barred(self, edges: Edges) -> Marks:
        size = len(self.sums)
        barred = keys_of(self._apart[:, 0], self._apart[:, 1], size)
        return np.isin(keys_of(edges.one, edges.other, size), barred)


def _mutual(edges: Edges, size: int) -> Indices:
    """Give the edges whose two ends are each other's nearest; equal ones in order of number."""
    ends = (edges.one, edges.other)
    nearest = np.full(size, np.inf, np.float32)
    for end in ends:
        np.minimum.at(nearest, end, edges.distance)
    keys = keys_of(edges.one, edges.other, size)
    first = np.full(size, np.iinfo(np.int64).max)
    for end in ends:
        best = np.flatnonzero(edges.distance == nearest[end])
        np.minimum.at(first, end[best], keys[best])
    return np.flatnonzero((first[edges.one] == keys) & (first[edges.other] == keys))


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
