"""A person is as far as the mean of their faces."""

import numpy as np

from visage.search.exact import Found, exact
from visage.search.faces import Faces, unit
from visage.search.rankings.base import DEFAULT, Learnt, squares
from visage.search.rankings.templates import TemplateRanking
from visage.types import Floats, Indices, Reals


class Mean(TemplateRanking):
    """`match.ranking: mean`."""

    def __init__(self, faces: Faces, learnt: Learnt = DEFAULT) -> None:
        """Make a template of each person: the mean, of length 1 if the faces have it."""
        super().__init__(faces, learnt)
        self.templates = self._scaled(faces.means())
        self._right = np.ascontiguousarray(-2 * self.templates.T)
        self._start = squares(self.templates)

    def _scaled(self, means: Floats) -> Floats:
        return unit(means) if self.faces.normalized else means

    def closest(self, queries: Floats, results: int) -> Found:
        """Give the closest templates."""
        return exact(queries, self.templates, results)

    def squared(self, probes: Floats) -> Floats:
        """Give |a|² + |b|² − 2ab, which rounding may leave a little below 0."""
        result = probes @ self._right
        result += self._start
        result += squares(probes)[:, None]
        return result

    def squared_to(self, probes: Floats, sums: Floats, counts: Indices) -> Reals:
        """Give the squared distance of each probe to the mean of one person."""
        apart = probes - self._scaled((sums / counts[:, None]).astype(np.float32))
        return squares(apart).astype(np.float64)
