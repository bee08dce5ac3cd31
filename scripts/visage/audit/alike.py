"""People who look so much alike that they may be one person under two ids."""

from collections.abc import Iterator, Sequence

import numpy as np

from visage.search.faces import Faces
from visage.types import Floats

# Part of the model's published threshold within which two people's means lie as the halves of one
# person's photographs do. In the set `friends`, by two photographs each: 95 % of the halves of one
# person within 0.89 of it, all pairs of people beyond; by five, within 0.61 (docs/audit.md).
LIMIT = 0.85
_BLOCK = 2000  # people that are compared with all others at a time


def alike(
    embeddings: Floats, people: Sequence[str], threshold: float
) -> Iterator[tuple[str, str, float]]:
    """Give pairs of people who are each other's nearest and nearer than `LIMIT` allows.

    Args:
        embeddings: Shape (n, d).
        people: The person of each.
        threshold: The model's published one, between embeddings of length 1.
    """
    faces = Faces.of(np.asarray(embeddings, np.float32), people, normalize=True)
    means = faces.means()
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    nearest = np.full(len(means), -1)
    for first in range(0, len(means), _BLOCK):
        similar = means[first : first + _BLOCK] @ means.T
        rows = np.arange(len(similar))
        similar[rows, rows + first] = -np.inf
        if similar.shape[1] > 1:
            nearest[first : first + _BLOCK] = similar.argmax(axis=1)
    for one, other in enumerate(nearest):
        if one < other and nearest[other] == one:
            distance = float(np.linalg.norm(means[one] - means[other]))
            if distance <= LIMIT * threshold:
                yield faces.people[one], faces.people[other], distance
