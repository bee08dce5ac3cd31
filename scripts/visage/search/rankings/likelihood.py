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

from visage.types import Floats, Indices, Reals

# Expected cosine between two faces of one person. 0.52 with SFace on docs/accuracy.md's
# photographs; between 0.3 and 0.7 it hardly matters there.
WITHIN = 0.5


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


def as_distance(squared: Reals) -> Reals:
    """Give a distance above 0 for each squared one, which is below 0 where many faces agree.

    From 1 on it is the root; below, an exponential goes on with the same slope. So a threshold
    between single faces keeps its meaning, if it is 1 or more.
    """
    return np.where(squared >= 1, np.sqrt(np.maximum(squared, 1)), np.exp((squared - 1) / 2))


def from_euclidean(distance: float) -> float:
    """Give what a Euclidean distance between two single faces is in this ranking."""
    return float(as_distance(np.array(distance**2)))
