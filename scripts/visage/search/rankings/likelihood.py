"""How much likelier a face is a person's than a stranger's, given how many faces of them are known.

The two-covariance model (N. Brümmer and E. de Villiers, "The speaker partitioning problem",
Odyssey 2010; PLDA with full rank) with spherical covariances: a face is its person plus a
deviation, both normal, and the known faces of a person share a part of theirs. Then the logarithm
of the likelihood ratio of a face q and a person with m known faces of mean M depends on q · M, |M|
and m alone, and on one number, the expected cosine between a known and a new face of a person. A
mean of many faces is a sure thing and must come nearer than a single face; a distance to the mean
alone does not know that.

The ratio is written as the squared distance at which a single known face would give the same one.
"""

from dataclasses import replace

import numpy as np

from visage.search.exact import Found, smallest_of_products
from visage.search.faces import Faces, unit
from visage.search.rankings.base import DEFAULT, Learnt, starts
from visage.search.rankings.looks import people_apart, split
from visage.search.rankings.templates import Rest, TemplateRanking, first_of_each
from visage.types import Floats, Indices, Reals

# What is tried for the expected cosine between two faces of a person; `DEFAULT` has the usual one.
WITHIN = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
MANY = 100  # people whose mean is that of people in general: a centre is estimated of no fewer
CENTRED = 0.02  # cosine between different people's faces up to which nothing is to be taken off
UNCENTRED = 0.3  # and from which the model of how faces vary does not hold at all
# Of a face's deviation from its person, the part that the person's known faces have in common: one
# event, one age, one style. So many photographs are less sure than as many independent ones.
# Without it the ranking misses people of whom it knows twenty photographs and more, where `mean`
# does not; chosen on half of LFW, in two folds by person (docs/accuracy.md).
SHARED = 0.1
FEW = 3  # people without which that cosine cannot be told


class Likelihood(TemplateRanking):
    """`match.ranking: likelihood`; the model of how faces vary is one of vectors of length 1.

    It takes different people's faces to have nothing in common: what all have is taken off first
    (the centre). A person whose faces are of several looks is as far as the likeliest of them.
    """

    def __init__(self, faces: Faces, learnt: Learnt = DEFAULT) -> None:
        """Make what the squared distance of each person's look is linear in."""
        super().__init__(faces, learnt)
        self.compared = replace(faces, vectors=self.comparable(faces.vectors))
        self._looks = people_apart(self.compared, learnt.within)
        looks, self._owner = _numbered(self.compared, self._looks)
        means = looks.means()
        self._base, slope = coefficients(means, looks.counts(), learnt.within)
        self._weights = -slope[:, None] * means
        self._right = self._weights.astype(np.float32).T
        self._start = self._base.astype(np.float32)

    @staticmethod
    def unfit(faces: Faces, learnt: Learnt) -> str:
        """Say why it does not hold: vectors of any length, or far from centred."""
        if not faces.normalized:
            return "index.normalize is false, and the likelihood is one of vectors of length 1"
        if learnt.centre is not None or len(faces.people) < FEW:
            return ""
        common = cosine_of_strangers(faces)
        if common <= UNCENTRED:
            return ""
        return (
            f"different people's embeddings have a mean cosine of {common:.2f} with this model, "
            f"where the likelihood takes 0, and the gallery's {len(faces.people)} people are too "
            f"few to estimate what all faces have in common (it takes {MANY})"
        )

    @staticmethod
    def choices(faces: Faces) -> list[Learnt]:
        """Give what can be learnt from a gallery: the centre where it is large, and `within`."""
        if not faces.normalized:
            return []
        centre = estimated_centre(faces)
        return [Learnt(within, centre) for within in WITHIN]

    def closest(self, queries: Floats, results: int) -> Found:
        """Give the likeliest people."""
        most = max((int(looks.max()) + 1 for looks in self._looks.values()), default=1)
        found = smallest_of_products(
            self.comparable(queries), self._weights, self._base, results * most
        )
        people = Found(self._owner[found.items], as_distance(found.distances))
        return first_of_each(people, results) if self._looks else people

    def squared(self, probes: Floats) -> Floats:
        """Give what stands for the squared distance; it is below 0 where many faces agree."""
        result = probes @ self._right
        result += self._start
        if not self._looks:
            return result
        return np.minimum.reduceat(result, starts(self._owner), axis=1)

    def squared_to(self, probes: Floats, sums: Floats, counts: Indices) -> Reals:
        """Give it for each probe and one person of one look."""
        means = (sums / counts[:, None]).astype(np.float32)
        base, slope = coefficients(means, counts, self.learnt.within)
        return base - slope * np.einsum("nd,nd->n", probes, means)

    def squared_left(self, probes: Floats, codes: Indices, rest: Rest) -> Reals:
        """Give it for each probe and its own person without it, whose looks are told anew."""
        squared = super().squared_left(probes, codes, rest)
        for line, code in enumerate(codes.tolist()):
            if code in self._looks and rest.counts[line]:
                others = self.compared.vectors[rest.others(line)]
                looks = split(others, self.learnt.within)
                sums = np.stack([others[looks == n].sum(axis=0) for n in range(looks.max() + 1)])
                probe = np.repeat(probes[line : line + 1], len(sums), axis=0)
                squared[line] = self.squared_to(probe, sums, np.bincount(looks)).min()
        return squared

    def distance(self, squared: Floats) -> Reals:
        """Give the distance for each squared one."""
        return as_distance(squared)

    def published(self, distance: float) -> float:
        """Give what a distance between two faces is: the centre taken off, compressed below 1.

        Of faces that have nothing in common with the centre but what all faces have.
        """
        cosine, common = 1 - distance**2 / 2, self._common()
        return float(as_distance(np.array(2 - 2 * (cosine - common) / (1 - common))))

    def _common(self) -> float:
        centre = self.learnt.centre
        return 0.0 if centre is None else float(centre @ centre)

    def comparable(self, vectors: Floats) -> Floats:
        """Take off what all faces have in common."""
        return vectors if self.learnt.centre is None else unit(vectors - self.learnt.centre)


def cosine_of_strangers(faces: Faces) -> float:
    """Give the mean cosine between faces of different people, each person counted once."""
    means = faces.means().astype(np.float64)
    total, number = means.sum(axis=0), len(means)
    if number < 2:
        return 0.0
    return float((total @ total - np.einsum("pd,pd->", means, means)) / (number * (number - 1)))


def estimated_centre(faces: Faces) -> Floats | None:
    """Give the mean of the people's means; None where they are too few, or it is next to nothing.

    With fewer people it would be more of them than of people in general, and strangers would seem
    farther away than they are.
    """
    if len(faces.people) < MANY or cosine_of_strangers(faces) <= CENTRED:
        return None
    return faces.means().mean(axis=0)


def _numbered(faces: Faces, looks: dict[int, Indices]) -> tuple[Faces, Indices]:
    """Number the looks of all people as if each were a person; give whose each is as well."""
    number = np.ones(len(faces.people), np.int64)
    for person, own in looks.items():
        number[person] = own.max() + 1
    owner = np.repeat(np.arange(len(faces.people)), number)
    if not looks:
        return faces, owner
    first = np.cumsum(number) - number
    codes = first[faces.codes]
    for person, own in looks.items():
        codes[faces.codes == person] += own
    return replace(faces, codes=codes, people=[faces.people[person] for person in owner]), owner


def coefficients(means: Floats, counts: Indices, within: float) -> tuple[Reals, Reals]:
    """Give for each person the squared distance's constant and its slope along the mean.

    Args:
        means: Shape (people, d): plain means of the persons' vectors of length 1.
        counts: Shape (people,): how many faces each has.
        within: Expected cosine between a known face of a person and a new one.

    Returns:
        (base, slope), shape (people,): the squared distance of q is base − slope · (q · mean).
        With one face they are 2 and 2, which makes it the Euclidean one.
    """
    lengths = np.einsum("pd,pd->p", means, means, dtype=np.float64)
    # As many independent faces would tell as much.
    counts = counts / (1 + (counts - 1) * SHARED)
    # Regression of a new face on the mean.
    shrunk = counts * within / (counts * within + 1 - within)
    left = 1 - within * shrunk  # variance of a new face, given the known ones
    alone = 1 - within**2  # the same, given one
    scale = alone / within
    base = 2 - (1 + within**2) / within
    base = base + scale * ((1 + shrunk**2 * lengths) / left + np.log(left / alone))
    return base, scale * 2 * shrunk / left


def as_distance(squared: Floats | Reals) -> Reals:
    """Give a distance above 0 for each squared one, which is below 0 where many faces agree.

    From 1 on it is the root; below, an exponential goes on with the same slope. So a threshold
    between single faces keeps its meaning, if it is 1 or more.
    """
    return np.where(squared >= 1, np.sqrt(np.maximum(squared, 1)), np.exp((squared - 1) / 2))
