"""Every gallery photograph searched as if it were new: known once, a stranger once.

Known (mated): the photograph is taken out of the gallery, with its copies in the person's folder
(`visage.search.copies`). A stranger (non-mated): its whole person is. Both follow from one
pass, because a person's distance depends on no other person: how far the photograph's own person is
without it, and how far the nearest other one. For the same reason the pass says as well how near
the nearest other person of any part of the gallery is, so galleries of fewer people need no pass of
their own (`visage.evaluation.heldout`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.faces import Faces
from visage.search.rankings.base import Ranking
from visage.types import Embeddings, Floats, Indices, Reals

MEMORY_MB = 512  # for the working arrays; the embeddings themselves come on top
NOBODY = -1
PARTS = 40  # of the gallery's people: every fortieth person is in the same part
PAIRS, PART, SEED = 1_000_000, 50_000, 42  # random pairs of faces, so many at a time


class Trials(NamedTuple):
    """What came of each probe, one item a face of the gallery."""

    own: Reals  # distance to the own person without the probe; NaN: no photograph left
    other: Reals  # distance to the nearest other person; NaN where there is none
    other_person: Indices  # who that is; NOBODY where there is none
    rank: Indices  # place of the own person among all, 1 = the closest; 0: no photograph left
    parts: Floats  # (n, PARTS): distance to the nearest other person of each part; infinite: none
    # Photographs of known people in which no usable face was found (failure to acquire), one item
    # each: the person. They have no distance; a search of theirs misses.
    failed: Indices


def order_of(codes: Indices, photographs: Indices) -> Indices:
    """Give the order in which faces are searched: by person, then by photograph."""
    return np.lexsort((photographs, codes))


def search(
    ranking: Ranking,
    photographs: Indices,
    rows: Indices | None = None,
    probes: Embeddings | None = None,
    failed: Indices | None = None,
    memory_mb: int = MEMORY_MB,
) -> Trials:
    """Search faces of the gallery in the rest of it.

    Args:
        ranking: Fitted to the gallery, whose faces are in the order of `order_of`.
        photographs: Shape (n,): the photograph of each face; equal for copies within a person.
        rows: The faces to search; None: all.
        probes: Shape (n, d), in the space of the faces: what is searched for each face of the
            gallery, where that is another face of its photograph; None: the faces themselves.
        failed: See `Trials`.
        memory_mb: For the working arrays, on top of the gallery and of 200 bytes a face.
    """
    distances = ranking.left_out(photographs, probes)
    if rows is None:
        rows = np.arange(len(ranking.faces))
    n = len(rows)
    own, other = np.full(n, np.nan), np.full(n, np.nan)
    person, rank = np.full(n, NOBODY, np.int64), np.zeros(n, np.int64)
    parts = np.full((n, PARTS), np.inf, np.float32)
    step = max(1, memory_mb * 1_000_000 // (12 * len(ranking.faces)))
    for start in range(0, n, step):
        place = slice(start, min(start + step, n))
        codes, each = ranking.faces.codes[rows[place]], distances(rows[place])
        line = np.arange(len(codes))
        mine = each[line, codes].astype(np.float64)
        each[line, codes] = np.inf
        best = each.argmin(axis=1)
        nearest = each[line, best].astype(np.float64)
        has_mate, has_other = np.isfinite(mine), np.isfinite(nearest)
        own[place] = np.where(has_mate, mine, np.nan)
        other[place] = np.where(has_other, nearest, np.nan)
        person[place] = np.where(has_other, best, NOBODY)
        # A tie counts against the own person, so that a gallery of equal faces is not perfect.
        rank[place] = np.where(has_mate, 1 + (each <= mine[:, None]).sum(axis=1), 0)
        for part in range(min(PARTS, each.shape[1])):
            parts[place, part] = each[:, part::PARTS].min(axis=1)
    nobody = np.empty(0, np.int64)
    return Trials(own, other, person, rank, parts, nobody if failed is None else failed)


def without(trials: Trials, left_out: NDArray[np.bool_]) -> Trials:
    """Give the trials with those marked made void."""
    return trials._replace(
        own=np.where(left_out, np.nan, trials.own),
        other=np.where(left_out, np.nan, trials.other),
        other_person=np.where(left_out, NOBODY, trials.other_person),
        rank=np.where(left_out, 0, trials.rank),
        parts=np.where(left_out[:, None], np.float32(np.inf), trials.parts),
    )


def chosen(trials: Trials, rows: NDArray[np.bool_]) -> Trials:
    """Give some of the trials, without the failures."""
    return Trials(
        own=trials.own[rows],
        other=trials.other[rows],
        other_person=trials.other_person[rows],
        rank=trials.rank[rows],
        parts=trials.parts[rows],
        failed=trials.failed[:0],
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
