"""Every gallery photograph searched as if it were new: known once, a stranger once.

Known (mated): the photograph is taken out of the gallery, with its copies in the person's folder
(`visage.evaluation.copies`). A stranger (non-mated): its whole person is. Both follow from one
pass, because a person's distance depends on no other person: how far the photograph's own person is
without it, and how far the nearest other one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.faces import Faces
from visage.search.rankings.base import Ranking
from visage.types import Indices

MEMORY_MB = 512  # for the working arrays; the embeddings themselves come on top
NOBODY = -1
PAIRS, PART, SEED = 1_000_000, 50_000, 42  # random pairs of faces, so many at a time


class Trials(NamedTuple):
    """What came of each probe, one item a face of the faces."""

    own: NDArray[
        np.float64
    ]  # distance to the own person without the probe; NaN: no photograph left
    other: NDArray[np.float64]  # distance to the nearest other person; NaN where there is none
    other_person: Indices  # who that is; NOBODY where there is none
    rank: Indices  # place of the own person among all, 1 = the closest; 0: no photograph left


def order_of(codes: Indices, photographs: Indices) -> Indices:
    """Give the order in which faces are searched: by person, then by photograph."""
    return np.lexsort((photographs, codes))


def search(
    ranking: Ranking,
    photographs: Indices,
    probes: Indices | None = None,
    memory_mb: int = MEMORY_MB,
) -> Trials:
    """Search faces of the gallery in the rest of it.

    Args:
        ranking: Fitted to the gallery, whose faces are in the order of `order_of`.
        photographs: Shape (n,): the photograph of each face; equal for copies within a person.
        probes: Rows of the faces to search; None: all.
        memory_mb: For the working arrays, on top of the gallery and of 40 bytes a face.
    """
    distances = ranking.left_out(photographs)
    if probes is None:
        probes = np.arange(len(ranking.faces))
    n = len(probes)
    own, other = np.full(n, np.nan), np.full(n, np.nan)
    person, rank = np.full(n, NOBODY, np.int64), np.zeros(n, np.int64)
    step = max(1, memory_mb * 1_000_000 // (12 * len(ranking.faces)))
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        codes, each = ranking.faces.codes[probes[rows]], distances(probes[rows])
        line = np.arange(len(codes))
        mine = each[line, codes].astype(np.float64)
        each[line, codes] = np.inf
        best = each.argmin(axis=1)
        nearest = each[line, best].astype(np.float64)
        has_mate, has_other = np.isfinite(mine), np.isfinite(nearest)
        own[rows] = np.where(has_mate, mine, np.nan)
        other[rows] = np.where(has_other, nearest, np.nan)
        person[rows] = np.where(has_other, best, NOBODY)
        # A tie counts against the own person, so that a gallery of equal faces is not perfect.
        place = 1 + (each <= mine[:, None]).sum(axis=1)
        rank[rows] = np.where(has_mate, place, 0)
    return Trials(own, other, person, rank)


def without(trials: Trials, left_out: NDArray[np.bool_]) -> Trials:
    """Give the trials with those marked made void."""
    return Trials(
        np.where(left_out, np.nan, trials.own),
        np.where(left_out, np.nan, trials.other),
        np.where(left_out, NOBODY, trials.other_person),
        np.where(left_out, 0, trials.rank),
    )


def quantile_of_pairs(faces: Faces, share: float) -> float | None:
    """Give the Euclidean distance within which this share of different people's pairs of faces is.

    Measured on `PAIRS` random pairs; None where there is but one person.
    """
    rng = np.random.default_rng(SEED)
    apart = []
    for _ in range(PAIRS // PART):
        one, other = rng.integers(0, len(faces.codes), (2, PART))
        different = faces.codes[one] != faces.codes[other]
        one, other = one[different], other[different]
        apart.append(np.linalg.norm(faces.vectors[one] - faces.vectors[other], axis=1))
    distances = np.concatenate(apart)
    return float(np.quantile(distances, share)) if len(distances) else None
