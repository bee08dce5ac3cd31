"""The looks of one person: faces that are unlike each other gathered apart.

A child and the same person grown up, with and without make-up, or two people under one id by
mistake: the mean of such faces is like none of them. Whether a person's faces are of one look or of
two is asked of the same model as the ranking itself: split where two identities explain the faces
better than one does (the speaker partitioning problem of the paper named in `likelihood`).
"""

from collections.abc import Iterator

import numpy as np

from visage.search.faces import Faces
from visage.types import Floats, Indices

LEAST = 2  # faces of a look: a single one may as well be somebody else's in the wrong folder
ROUNDS = 20  # of moving faces to the nearer look; a safety net, two or three are usual


def split(vectors: Floats, within: float) -> Indices:
    """Number the look of each face of one person, from 0.

    Args:
        vectors: Shape (m, d), of length 1.
        within: Expected cosine between two faces of one look.
    """
    sides = _halves(vectors) if len(vectors) >= 2 * LEAST else None
    if sides is None or not _apart(vectors, sides, within):
        return np.zeros(len(vectors), np.int64)
    looks = np.zeros(len(vectors), np.int64)
    for side in (0, 1):
        rows = np.flatnonzero(sides == side)
        looks[rows] = split(vectors[rows], within) + (looks.max() + 1 if side else 0)
    return looks


def people_apart(faces: Faces, within: float) -> dict[int, Indices]:
    """Give the looks of the faces of each person (in their order) who has several."""
    found = {}
    for person, rows in _unlike(faces, within):
        looks = split(faces.vectors[rows], within)
        if looks.any():
            found[person] = looks
    return found


def _unlike(faces: Faces, within: float) -> Iterator[tuple[int, Indices]]:
    """Give the people of whose faces two are less alike than is expected, with their rows."""
    order = np.argsort(faces.codes, kind="stable")
    parts = np.split(order, np.cumsum(faces.counts())[:-1])
    for person, rows in enumerate(parts):
        if len(rows) >= 2 * LEAST:
            vectors = faces.vectors[rows]
            if (vectors @ vectors.T).min() < within:
                yield person, rows


def _halves(vectors: Floats) -> Indices | None:
    """Part faces in two by 2-means on the sphere, from the sides of their main direction."""
    _, _, axes = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    sides = (vectors @ axes[0] > vectors.mean(axis=0) @ axes[0]).astype(np.int64)
    for _ in range(ROUNDS):
        if np.bincount(sides, minlength=2).min() < LEAST:
            return None
        sums = np.stack([vectors[sides == side].sum(axis=0) for side in (0, 1)])
        sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        nearer = (vectors @ sums.T).argmax(axis=1)
        if (nearer == sides).all():
            return sides
        sides = nearer
    return sides if np.bincount(sides, minlength=2).min() >= LEAST else None


def _apart(vectors: Floats, sides: Indices, within: float) -> bool:
    """Tell whether two identities explain the faces better than one does."""
    two = sum(_explained(vectors[sides == side], within) for side in (0, 1))
    return two > _explained(vectors, within)


def _explained(vectors: Floats, within: float) -> float:
    """Give the logarithm of the density of one identity's faces, per number of a face.

    Normal, with the variance 1 of a number in all and the covariance `within` of two faces; but for
    a constant.
    """
    number = len(vectors)
    total = vectors.sum(axis=0, dtype=np.float64)
    joint = 1 - within + number * within
    quadratic = (number - within * float(total @ total) / joint) / (1 - within)
    return -0.5 * ((number - 1) * np.log(1 - within) + np.log(joint) + quadratic)
