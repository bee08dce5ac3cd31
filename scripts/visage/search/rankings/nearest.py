"""A person is as far as their nearest face."""

import numpy as np

from visage.search.rankings.base import (
    Candidates,
    Distances,
    Photographs,
    Ranking,
    Rows,
    Search,
    nearest_people,
    squares,
    starts,
)
from visage.types import Embeddings, Floats, Indices


class Nearest(Ranking):
    """`match.ranking: nearest`."""

    def candidates(self, queries: Floats, search: Search, results: int) -> Candidates:
        """Give the people whose nearest faces are nearest."""
        near, found = search.near_people(queries, results)
        return nearest_people(near, found, self.faces, results)

    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """Search every face among the others; see `Ranking.left_out`."""
        vectors, codes = self.faces.vectors, self.faces.codes
        each, first = Photographs(codes, photographs), starts(codes)
        away = squared_distances(vectors if probes is None else probes, vectors)

        def distances(rows: Rows) -> Floats:
            squared = away(rows)
            each.mask(squared, rows, np.inf)
            return np.sqrt(np.maximum(np.minimum.reduceat(squared, first, axis=1), 0))

        return distances


def squared_distances(probes: Floats, items: Floats) -> Distances:
    """Give a function for the squared distances of some probes to all items, (rows, items).

    |a|² + |b|² − 2ab as one matrix product, of vectors with two more numbers: nothing else has to
    pass over a result of so many numbers. Rounding may leave it a little below 0.
    """
    left = np.column_stack([-2 * probes, np.ones(len(probes)), squares(probes)])
    right = np.column_stack([items, squares(items), np.ones(len(items))])
    left, right = left.astype(np.float32), np.ascontiguousarray(right.T, np.float32)
    return lambda rows: left[rows] @ right
