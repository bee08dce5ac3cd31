"""Copies of one photograph in a person's folder, which must not be searched in one another.

A copy is the same file, or a face all but the same: the same shot in another size, saved again, cut
or recoloured. How near that is, is the audit's definition (`search.neighbours.copy_limit`), so that
whatever is left out together here stands in audit.tsv. Copies of copies are copies: of a series of
frames that hardly differ, the whole goes together.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from visage.search.faces import unit
from visage.search.neighbours import similarity_at
from visage.types import Floats, Indices

MEMORY_MB = 400  # of the pairs of a person's faces that are looked at at a time
_BYTES = 24  # a pair: its similarity, whether that is near, and two numbers if it is


def number_photographs(
    vectors: Floats, codes: Indices, files: Indices, near: float, memory_mb: int = MEMORY_MB
) -> Indices:
    """Give each face the number of its photograph: equal for copies within a person.

    Args:
        vectors: Shape (n, d), of any length.
        codes: Shape (n,), the person of each.
        files: Shape (n,), what `same_files` gives.
        near: The distance, between vectors of length 1, up to which two faces are copies.
        memory_mb: For the working arrays, on top of a copy of the vectors.

    Returns:
        Shape (n,): the first row that shows the same photograph.
    """
    labels = files.copy()
    order = np.argsort(codes, kind="stable")
    scaled = unit(vectors)[order]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(order)], strict=True):
        members = order[first:last]
        own = np.searchsorted(members, labels[members])
        for left, right in _near_pairs(scaled[first:last], near, memory_mb):
            own = _joined(own, left, right)
        labels[members] = members[own]
    return labels


def same_files(codes: Indices, hashes: Sequence[str]) -> Indices:
    """Give each face the row of the first one with the same file and person."""
    first: dict[tuple[int, str], int] = {}
    pairs = zip(codes.tolist(), hashes, strict=True)
    return np.array([first.setdefault(pair, row) for row, pair in enumerate(pairs)], np.int64)


def _near_pairs(vectors: Floats, near: float, memory_mb: int) -> Iterator[tuple[Indices, Indices]]:
    """Give the pairs of near vectors, some rows of the similarity matrix at a time."""
    number = len(vectors)
    cosine = similarity_at(near)
    step = max(1, memory_mb * 1_000_000 // (_BYTES * number))
    for start in range(0, number, step):
        left, right = np.nonzero(vectors[start : start + step] @ vectors[start:].T >= cosine)
        later = right > left
        if later.any():
            yield left[later] + start, right[later] + start


def _joined(labels: Indices, left: Indices, right: Indices) -> Indices:
    """Give each pair one label, the smallest, and whatever has the label of either.

    A label is the row of the first face with that label, so it joins that row to its own.
    """
    # Only here: most galleries hold no copies, and it takes longer to import than all else here.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    one = np.concatenate([np.arange(len(labels)), left])
    other = np.concatenate([labels, right])
    shape = (len(labels), len(labels))
    _, part = connected_components(csr_array((np.ones(len(one), bool), (one, other)), shape), False)
    return np.unique(part, return_index=True)[1][part]
