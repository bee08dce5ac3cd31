"""The nearest faces, nearly, by the original program's index."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from visage.errors import VisageError
from visage.search.exact import NONE, Found, exact
from visage.search.faces import Faces
from visage.types import Floats, Indices

log = logging.getLogger(__name__)

SAMPLE = 100  # queries whose neighbours are searched exactly as well, to judge Annoy
LOW_RECALL = 0.95


@dataclass(frozen=True)
class AnnoySearch:
    """Follows the trees of `face.db`: whoever is not among the neighbours is not known."""

    faces: Faces
    index: Any  # annoy.AnnoyIndex
    neighbours: int
    search_k: int

    def near(self, queries: Floats) -> Found:
        """Find the nearest faces of each query."""
        return annoy_search(queries, self.index, self.neighbours, self.search_k)

    def near_people(self, queries: Floats, _people: int) -> tuple[Found, Found]:
        """Find the nearest faces; the nearest people are those to whom they belong."""
        near = self.near(queries)
        return near, near

    def near_of(self, queries: Floats, people: Indices) -> tuple[Found, Indices]:
        """Find the nearest faces, and a face of each of `people`, shape (n, r).

        It is their nearest one among the neighbours; of people without one their most typical.
        """
        near = self.near(queries)
        same = self.faces.people_of(near.items)[:, :, None] == people[:, None, :]
        first = np.take_along_axis(near.items, same.argmax(axis=1), axis=1)
        return near, np.where(same.any(axis=1), first, self._typical[people])

    def recall(self, queries: Floats) -> float | None:
        """Measure which share of the true neighbours is found; None without a query."""
        return annoy_recall(queries, self.faces.vectors, self.index, self.neighbours, self.search_k)

    @cached_property
    def _typical(self) -> Indices:
        """Each person's face nearest to the mean of their faces."""
        vectors, codes = self.faces.vectors, self.faces.codes
        squares = np.einsum("md,md->m", vectors, vectors)
        products = np.einsum("md,md->m", vectors, self.faces.means()[codes])
        order = np.lexsort((squares - 2 * products, codes))
        first = np.searchsorted(codes[order], np.arange(len(self.faces.people)))
        return order[first]


def annoy_search(queries: Floats, index: Any, k: int, search_k: int) -> Found:
    """Find about the `k` nearest items of an Annoy index, with the distances that Annoy gives."""
    k = min(k, index.get_n_items())
    items = np.full((len(queries), k), NONE, np.int64)
    distances = np.full((len(queries), k), np.inf)
    for row, query in enumerate(queries):
        found, lengths = index.get_nns_by_vector(
            query.tolist(), k, search_k=search_k, include_distances=True
        )
        items[row, : len(found)] = found
        distances[row, : len(found)] = lengths
    return Found(items, distances)


def load_annoy(path: Path, dimension: int, size: int) -> Any:
    """Load the Annoy index of `size` vectors of length `dimension`.

    Raises:
        VisageError: It cannot be read, or holds another number of vectors.
    """
    from annoy import AnnoyIndex

    index = AnnoyIndex(dimension, "euclidean")
    try:
        index.load(str(path))
    except OSError as error:
        raise VisageError(
            f"{path} cannot be read ({error}). Delete it and run the workflow again."
        ) from error
    if index.get_n_items() != size:
        raise VisageError(
            f"{path} holds {index.get_n_items()} faces of length {dimension}, faces.parquet beside "
            f"it {size}: they do not belong together. Delete {path} and run the workflow again."
        )
    return index


def annoy_recall(queries: Floats, items: Floats, index: Any, k: int, search_k: int) -> float | None:
    """Measure on a sample of the queries which share of the true neighbours Annoy finds.

    Returns:
        0 to 1; None without a query.
    """
    if not len(queries):
        return None
    sample = np.linspace(0, len(queries) - 1, min(SAMPLE, len(queries))).astype(np.int64)
    return recall(queries[sample], items, annoy_search(queries[sample], index, k, search_k))


def recall(queries: Floats, items: Floats, found: Found) -> float:
    """Give the share of the true neighbours that is in `found`, and log it.

    `hits` counts neighbours, so a low recall distorts every score.
    """
    true = exact(queries, items, found.items.shape[1])
    # By distance, not by number: of two copies of a photograph either is right. Annoy measures in
    # float32.
    limit = true.distances[:, -1:] * (1 + 1e-5) + 1e-5
    share = float((found.distances <= limit).mean())
    log.info("Annoy finds %.1f %% of the true neighbours (%d probes)", 100 * share, len(queries))
    if share < LOW_RECALL:
        log.warning(
            "Annoy misses %.1f %% of the neighbours, so hits and scores are distorted: raise "
            "match.search_k or index.trees, or set match.search: exact",
            100 * (1 - share),
        )
    return share
