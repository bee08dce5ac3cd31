"""Cells: which clusters of faces are compared with one another.

Up to `EXACT` faces there is one cell, so every pair is compared. Of more, directions are divided
among many cells by k-means over a sample (D. Sculley, "Web-scale k-means clustering", WWW 2010), a
cluster lies in the `SHARED` cells whose centres it is most alike, and pairs that share a cell are
compared: an inverted file with multiple assignment (H. Jégou, M. Douze and C. Schmid, "Product
quantization for nearest neighbor search", PAMI 33, 2011). A cell holds `SHARED` × `SIZE` clusters
on average however many there are, so the pairs grow with the faces and not with their square.

`benchmarks/unknown.py` measures which share of the near pairs is found (docs/performance.md).
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from visage.people.sums import Sums
from visage.search.faces import unit
from visage.types import Floats, Indices

EXACT = 50_000  # faces; of more, cells are quicker
SHARED = 16  # cells a cluster lies in
SIZE = 128  # clusters a centre
SAMPLE, ROUNDS = 16, 4  # vectors a centre, of which the centres are learnt; and how often each
SEED = 0
ROWS = 2048  # whose nearest centres are looked for at a time

Cell = NDArray[np.int32]


class Compared(Protocol):
    """Says which clusters are compared."""

    lossless: bool  # whether that is all of them

    def members(self) -> Iterator[Indices]:
        """Give sets of clusters, each of which is to be compared with the others of its set."""
        ...

    def follow(self, kept: Indices, merged: Indices, sums: Sums) -> None:
        """Go on with the clusters there are now.

        Args:
            kept: The former number of each cluster, or of one of those of which it was made.
            merged: Those that were made of several.
            sums: Of the clusters there are now.
        """
        ...


def compared(vectors: Floats, exact: int) -> Compared:
    """Compare all pairs of so many faces, or of more than `exact` those that share a cell."""
    return Everything(len(vectors)) if len(vectors) <= exact else Cells(vectors)


class Everything:
    """One cell that holds every cluster."""

    lossless = True

    def __init__(self, number: int) -> None:
        """Begin with so many faces."""
        self._number = number

    def members(self) -> Iterator[Indices]:
        """Give all clusters."""
        yield np.arange(self._number)

    def follow(self, kept: Indices, _merged: Indices, _sums: Sums) -> None:
        """Count the clusters there are now."""
        self._number = len(kept)


class Cells:
    """Many cells, of which each cluster lies in a few."""

    lossless = False

    def __init__(self, vectors: Floats) -> None:
        """Learn the cells from faces of shape (n, d), each of which is a cluster."""
        self._centres = _centres(vectors)
        self._cells = self._nearest(vectors)  # (clusters, SHARED)

    def members(self) -> Iterator[Indices]:
        """Give the clusters of each cell in order of number."""
        shared = self._cells.shape[1]
        order = np.argsort(self._cells, axis=None, kind="stable")
        ends = np.cumsum(np.bincount(self._cells.ravel(), minlength=len(self._centres)))
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            yield order[start:end] // shared

    def follow(self, kept: Indices, merged: Indices, sums: Sums) -> None:
        """Look for the cells of those that were merged; the others stay where they are."""
        self._cells = self._cells[kept]
        self._cells[merged] = self._nearest(sums.means(merged))

    def _nearest(self, vectors: Floats) -> Cell:
        """Find the cells whose centres each vector is most alike, shape (n, SHARED)."""
        shared = min(SHARED, len(self._centres))
        found = np.empty((len(vectors), shared), np.int32)
        for start in range(0, len(vectors), ROWS):
            away = vectors[start : start + ROWS] @ -self._centres.T
            found[start : start + ROWS] = np.argpartition(away, shared - 1, axis=1)[:, :shared]
        return found


def _centres(vectors: Floats) -> Floats:
    """Learn the centres of `len(vectors) / SIZE` cells, of length 1, from a sample."""
    from sklearn.cluster import MiniBatchKMeans  # takes a second, which few faces do not need

    number = max(1, len(vectors) // SIZE)
    sample = np.random.default_rng(SEED).permutation(len(vectors))[: number * SAMPLE]
    means = MiniBatchKMeans(
        number,
        init="random",
        n_init=1,
        max_iter=ROUNDS,
        batch_size=max(1024, number * SAMPLE // 4),
        max_no_improvement=None,
        reassignment_ratio=0,
        compute_labels=False,
        random_state=SEED,
    )
    return unit(means.fit(unit(vectors[np.sort(sample)])).cluster_centers_).astype(np.float32)
