"""How much likelier a face is a person's than a stranger's, given how many faces of them are known.

The two-covariance model (N. Brümmer and E. de Villiers, "The speaker partitioning problem",
Odyssey 2010; PLDA with full rank) with spherical covariances: a face is its person plus a
deviation, both normal. Then the logarithm of the likelihood ratio of a face q and a person with
m known faces of mean M depends on q · M, |M| and m alone, and on one number, the expected cosine
between two faces of a person. A mean of many faces is a sure thing and must come nearer than a
single face; a distance to the mean alone does not know that.

The ratio is written as the squared distance at which a single known face would give the same one.
"""

import numpy as np

from visage.search.exact import Found, smallest_of_products
from visage.search.faces import Faces
from visage.search.rankings.templates import TemplateRanking
from visage.types import Floats, Indices, Reals

# Expected cosine between two faces of one person. 0.52 with SFace on docs/accuracy.md's
# photographs; between 0.3 and 0.7 it hardly matters there.
WITHIN = 0.5


class Likelihood(TemplateRanking):
    """`match.ranking: likelihood`; the model of how faces vary is one of vectors of length 1."""

    normalized_only = True

    def __init__(self, faces: Faces) -> None:
        """Make what each person's squared distance is linear in."""
        super().__init__(faces)
        means = faces.means()
        self._base, slope = coefficients(means, faces.counts())
        self._weights = -slope[:, None] * means
        self._right = self._weights.astype(np.float32).T
        self._start = self._base.astype(np.float32)

    def closest(self, queries: Floats, results: int) -> Found:
        """Give the likeliest people."""
        found = smallest_of_products(queries, self._weights, self._base, results)
        return Found(found.items, as_distance(found.distances))

    def squared(self, probes: Floats) -> Floats:
        """Give what stands for the squared distance; it is below 0 where many faces agree."""
        result = probes @ self._right
        result += self._start
        return result

    def squared_to(self, probes: Floats, sums: Floats, counts: Indices) -> Reals:
        """Give it for each probe and one person."""
        means = (sums / counts[:, None]).astype(np.float32)
        base, slope = coefficients(means, counts)
        return base - slope * np.einsum("nd,nd->n", probes, means)

    def distance(self, squared: Floats) -> Reals:
        """Give the distance for each squared one."""
        return as_distance(squared)

    @staticmethod
    def published(distance: float) -> float:
        """Give what a distance between two faces is: compressed below 1."""
        return float(as_distance(np.array(distance**2)))


def coefficients(means: Floats, counts: Indices) -> tuple[Reals, Reals]:
    """Give for each person the squared distance's constant and its slope along the mean.

    Args:
        means: Shape (people, d): plain means of the persons' vectors of length 1.
        counts: Shape (people,): how many faces each has.

    Returns:
        (base, slope), shape (people,): the squared distance of q is base − slope · (q · mean).
        With one face they are 2 and 2, which makes it the Euclidean one.
    """
    lengths = np.einsum("pd,pd->p", means, means, dtype=np.float64)
    shrunk = (
        counts * WITHIN / (counts * WITHIN + 1 - WITHIN)
    )  # regression of a new face on the mean
    left = 1 - WITHIN * shrunk  # variance of a new face, given the known ones
    alone = 1 - WITHIN**2  # the same, given one
    scale = alone / WITHIN
    base = 2 - (1 + WITHIN**2) / WITHIN
    base = base + scale * ((1 + shrunk**2 * lengths) / left + np.log(left / alone))
    return base, scale * 2 * shrunk / left


def as_distance(squared: Floats | Reals) -> Reals:
    """Give a distance above 0 for each squared one, which is below 0 where many faces agree.

    From 1 on it is the root; below, an exponential goes on with the same slope. So a threshold
    between single faces keeps its meaning, if it is 1 or more.
    """
    return np.where(squared >= 1, np.sqrt(np.maximum(squared, 1)), np.exp((squared - 1) / 2))
