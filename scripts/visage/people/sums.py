"""What average linkage has to know of each cluster of faces: sums, and nothing of each pair.

Two clusters are as far apart as their faces are on average, by the squared Euclidean distance, and
that mean is a matter of sums alone:

    mean |a − b|² = mean |a|² + mean |b|² − 2 · mean a · mean b.
"""

import numpy as np

from visage.types import Floats, Indices

BLOCK = 16_384  # pairs that are measured at a time


class Sums:
    """Sums over the faces of each cluster; in the beginning each face is one."""

    def __init__(self, vectors: Floats) -> None:
        """Make each of some faces a cluster; `vectors` has shape (n, d)."""
        self._sums = vectors.astype(np.float32)
        self._squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64)
        self._sizes = np.ones(len(vectors), np.int64)

    def __len__(self) -> int:
        """Count the clusters."""
        return len(self._sizes)

    def means(self, rows: Indices) -> Floats:
        """Give the mean vector of each of some clusters, shape (rows, d)."""
        return (self._sums[rows] / self._sizes[rows, None]).astype(np.float32)

    def squares(self, rows: Indices) -> Floats:
        """Give the mean squared length of the faces of each of some clusters, shape (rows,)."""
        return (self._squares[rows] / self._sizes[rows]).astype(np.float32)

    def distance(self, one: Indices, other: Indices) -> Floats:
        """Measure the mean squared distance of the faces of pairs of clusters, shape (pairs,)."""
        products = np.empty(len(one), np.float64)
        for start in range(0, len(one), BLOCK):
            a, b = one[start : start + BLOCK], other[start : start + BLOCK]
            dots = np.einsum("nd,nd->n", self._sums[a], self._sums[b], dtype=np.float64)
            products[start : start + BLOCK] = dots / (self._sizes[a] * self._sizes[b])
        spread = self._squares[one] / self._sizes[one] + self._squares[other] / self._sizes[other]
        return np.maximum(spread - 2 * products, 0).astype(np.float32)

    def add(self, one: Indices, other: Indices) -> None:
        """Add the faces of each of `other` to the cluster of `one`; no number comes twice."""
        for values in (self._sums, self._squares, self._sizes):
            values[one] += values[other]

    def keep(self, rows: Indices) -> None:
        """Keep some of the clusters, numbered anew."""
        self._sums, self._squares = self._sums[rows], self._squares[rows]
        self._sizes = self._sizes[rows]
