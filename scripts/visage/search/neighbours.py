"""Each face compared with all the others: the nearest of its own person, and of anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from visage.search.faces import unit
from visage.types import Floats, Indices, Reals

MEMORY_MB = 400  # of the part of the similarity matrix that is there at a time
# A copy that was cropped, scaled or recoloured lies nearer than this part of the model's published
# threshold; in the set `friends` 28 of 30 pairs of the same photograph are up to 0.528 apart,
# different ones of the same person from 0.570 on (sface-yunet, threshold 1.191; docs/audit.md).
NEAR = 0.45
USUAL_THRESHOLD = 1.1  # of a model that publishes none


@dataclass(frozen=True)
class Neighbours:
    """For n faces; distances are Euclidean, between embeddings of length 1."""

    own: Indices  # (n,) the nearest other face of the same person; -1 where there is none
    own_distance: Reals  # infinite where there is none
    other: Indices  # (n,) the nearest face of anybody else; -1 where there is none
    other_distance: Reals
    near_pairs: tuple[
        Indices, Indices
    ]  # faces that are all but the same, the first before the second
    near_distances: Reals


def copy_limit(published: float | None) -> float:
    """Give the distance up to which two faces are those of copies of one photograph.

    Args:
        published: The model's threshold between embeddings of length 1; None: it has none.
    """
    return NEAR * (published or USUAL_THRESHOLD)


def similarity_at(distance: float) -> np.float32:
    """Give the scalar product of embeddings of length 1 that are so far apart."""
    return np.float32(1 - distance**2 / 2)


def compare(
    embeddings: Floats, people: Sequence[str], near: float, memory_mb: float = MEMORY_MB
) -> Neighbours:
    """Compare all faces, a block of rows of the similarity matrix at a time.

    Args:
        embeddings: Shape (n, d).
        people: The person of each.
        near: The distance up to which two faces are all but the same.
        memory_mb: For a block.
    """
    if not len(embeddings):
        nobody, nowhere = np.empty(0, np.int64), np.empty(0)
        return Neighbours(nobody, nowhere, nobody, nowhere, (nobody, nobody), nowhere)
    labels, codes = np.unique(np.asarray(people, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    vectors = unit(np.asarray(embeddings, np.float32))[order]
    starts = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    number = len(vectors)
    own, other = np.full(number, -1), np.full(number, -1)
    pairs: list[tuple[Indices, Indices]] = []
    cosine = similarity_at(near)
    step = max(1, int(memory_mb * 1_000_000) // (4 * number))
    for first in range(0, number, step):
        rows = slice(first, min(first + step, number))
        similar = vectors[rows] @ vectors.T
        near_rows, near_columns = np.nonzero(similar >= cosine)
        later = near_columns > near_rows + first
        pairs.append((near_rows[later] + first, near_columns[later]))
        _nearest(similar, first, starts, own, other)
    left, right = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    near_distances = _distances(vectors, left, right)
    own, own_distance = _measured(vectors, own)
    other, other_distance = _measured(vectors, other)
    # Back to the order the faces came in.
    back = np.argsort(order)
    a, b = order[left], order[right]
    return Neighbours(
        own=np.where(own < 0, -1, order[own])[back],
        own_distance=own_distance[back],
        other=np.where(other < 0, -1, order[other])[back],
        other_distance=other_distance[back],
        near_pairs=(np.minimum(a, b), np.maximum(a, b)),
        near_distances=near_distances,
    )


def _nearest(similar: Floats, first: int, starts: Indices, own: Indices, other: Indices) -> None:
    """Fill `own` and `other` for the rows from `first` on; faces are grouped by person."""
    last = first + len(similar)
    block = np.arange(len(similar))
    similar[block, block + first] = -np.inf
    person = int(np.searchsorted(starts, first, side="right")) - 1
    while person + 1 < len(starts) and starts[person] < last:
        begin, end = int(starts[person]), int(starts[person + 1])
        rows = slice(max(begin, first) - first, min(end, last) - first)
        if end - begin > 1:
            place = slice(rows.start + first, rows.stop + first)
            own[place] = begin + similar[rows, begin:end].argmax(axis=1)
        similar[rows, begin:end] = -np.inf
        person += 1
    best = similar.argmax(axis=1)
    found = np.isfinite(similar[block, best])
    other[first:last][found] = best[found]


def _measured(vectors: Floats, nearest: Indices) -> tuple[Indices, Reals]:
    distances = np.full(len(nearest), np.inf)
    known = np.flatnonzero(nearest >= 0)
    distances[known] = _distances(vectors, known, nearest[known])
    return nearest, distances


def _distances(vectors: Floats, left: Indices, right: Indices) -> Reals:
    """Measure from the differences: 2 − 2 cos would lose what is near to 0."""
    distances = np.empty(len(left))
    for first in range(0, len(left), 10_000):
        part = slice(first, first + 10_000)
        differences = vectors[left[part]].astype(np.float64) - vectors[right[part]]
        distances[part] = np.sqrt(np.einsum("nd,nd->n", differences, differences))
    return distances
