"""Every gallery photograph searched as if it were new: known once, a stranger once.

Known (mated): the photograph is taken out of the gallery, with its copies in the person's folder
(`visage.evaluation.copies`). A stranger (non-mated): its whole person is. Both follow from one
pass, because a person's distance depends on no other person: how far the photograph's own person is
without it, and how far the nearest other one.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.rankings.likelihood import as_distance, coefficients
from visage.types import Floats, Indices

MEMORY_MB = 512  # for the working arrays; the embeddings themselves come on top
NOBODY = -1
PAIRS, PART, SEED = 1_000_000, 50_000, 42  # random pairs of faces, so many at a time

# Gives for some probes (rows of the gallery) the distance to every person, shape (rows, people);
# that to the probe's own person without the probe and its copies: infinite where nothing is left.
Distances = Callable[[slice], Floats]


class Gallery(NamedTuple):
    """The faces of a gallery, those of a person together, copies of a photograph together."""

    vectors: Floats  # (n, d), in the space in which distances are taken
    codes: Indices  # (n,) the person of each face, from 0 without a gap, ascending
    copies: Indices  # (n,) number of the photograph: equal for copies within a person, ascending
    normalized: bool  # whether the vectors have length 1, and templates are to have it


class Trials(NamedTuple):
    """What came of each probe, one item a face of the gallery."""

    own: NDArray[
        np.float64
    ]  # distance to the own person without the probe; NaN: no photograph left
    other: NDArray[np.float64]  # distance to the nearest other person; NaN where there is none
    other_person: Indices  # who that is; NOBODY where there is none
    rank: Indices  # place of the own person among all, 1 = the closest; 0: no photograph left


def sort_key(codes: Indices, photographs: Indices) -> Indices:
    """Give the order in which a `Gallery` wants its faces: by person, then by photograph."""
    return np.lexsort((photographs, codes))


def number_copies(codes: Indices, photographs: Indices) -> Indices:
    """Number the photographs of faces in the order of `sort_key` without a gap."""
    new = np.ones(len(codes), bool)
    new[1:] = (codes[1:] != codes[:-1]) | (photographs[1:] != photographs[:-1])
    return np.cumsum(new) - 1


def search(gallery: Gallery, distances: Distances, memory_mb: int = MEMORY_MB) -> Trials:
    """Search every face of the gallery in the rest of it.

    Args:
        gallery: The faces.
        distances: The ranking, for instance `nearest(gallery)`.
        memory_mb: For the working arrays, on top of the gallery and of 40 bytes a face.
    """
    n = len(gallery.codes)
    own, other = np.full(n, np.nan), np.full(n, np.nan)
    person, rank = np.full(n, NOBODY, np.int64), np.zeros(n, np.int64)
    step = max(1, memory_mb * 1_000_000 // (12 * n))
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        codes, each = gallery.codes[rows], distances(rows)
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


def nearest(gallery: Gallery) -> Distances:
    """Take a person to be as far as their nearest face (`match.ranking: nearest`)."""
    starts = _starts(gallery.codes)
    squares = squared_distances(gallery.vectors, gallery.vectors)

    def distances(rows: slice) -> Floats:
        squared = squares(rows)
        mask_copies(squared, gallery, rows, np.inf)
        return np.sqrt(np.maximum(np.minimum.reduceat(squared, starts, axis=1), 0))

    return distances


def mean(gallery: Gallery, weights: Floats | None = None) -> Distances:
    """Take a person to be as far as the mean of their faces (`match.ranking: mean`).

    Args:
        gallery: The faces.
        weights: Shape (n,), what each face counts; None: all the same.
    """
    weight = np.ones(len(gallery.codes), np.float32) if weights is None else weights
    weighted = gallery.vectors * weight[:, None]
    starts, firsts = _starts(gallery.codes), _starts(gallery.copies)
    sums, totals = np.add.reduceat(weighted, starts), np.add.reduceat(weight, starts)
    templates = _templates(sums, totals, gallery.normalized)
    squares = squared_distances(gallery.vectors, templates)
    copy_sums, copy_totals = np.add.reduceat(weighted, firsts), np.add.reduceat(weight, firsts)
    faces_of = np.diff([*starts, len(gallery.codes)])
    copies_of = np.diff([*firsts, len(gallery.codes)])

    def distances(rows: slice) -> Floats:
        probes, codes, photo = gallery.vectors[rows], gallery.codes[rows], gallery.copies[rows]
        squared = squares(rows)
        left = _templates(
            sums[codes] - copy_sums[photo], totals[codes] - copy_totals[photo], gallery.normalized
        )
        apart = np.einsum("nd,nd->n", probes - left, probes - left)
        nothing = copies_of[photo] == faces_of[codes]
        squared[np.arange(len(codes)), codes] = np.where(nothing, np.inf, apart)
        return np.sqrt(np.maximum(squared, 0))

    return distances


def likelihood(gallery: Gallery) -> Distances:
    """Take what `rankings.likelihood` makes of the mean of a person's faces and their number.

    Of vectors that are not normalised, the mean, as `visage.search.rankings.ranking` does.
    """
    if not gallery.normalized:
        return mean(gallery)
    starts, firsts = _starts(gallery.codes), _starts(gallery.copies)
    sums = np.add.reduceat(gallery.vectors, starts)
    copy_sums = np.add.reduceat(gallery.vectors, firsts)
    faces_of = np.diff([*starts, len(gallery.codes)])
    copies_of = np.diff([*firsts, len(gallery.codes)])
    means = (sums / faces_of[:, None]).astype(np.float32)
    base, slope = coefficients(means, faces_of)
    right, start = (slope[:, None] * means).T.astype(np.float32), base.astype(np.float32)

    def distances(rows: slice) -> Floats:
        probes, codes, photo = gallery.vectors[rows], gallery.codes[rows], gallery.copies[rows]
        squared = start - probes @ right
        number = faces_of[codes] - copies_of[photo]
        left = sums[codes] - copy_sums[photo]
        left = (left / np.maximum(number, 1)[:, None]).astype(np.float32)
        own_base, own_slope = coefficients(left, np.maximum(number, 1))
        own = own_base - own_slope * np.einsum("nd,nd->n", probes, left)
        line = np.arange(len(codes))
        squared[line, codes] = own
        result = as_distance(squared).astype(np.float32, copy=False)
        result[line, codes] = np.where(number > 0, result[line, codes], np.inf)
        return result

    return distances


RANKINGS = {"likelihood": likelihood, "mean": mean, "nearest": nearest}


def squared_distances(probes: Floats, items: Floats) -> Distances:
    """Give a function for the squared distances of some probes to all items, (rows, items).

    |a|² + |b|² − 2ab as one matrix product, of vectors with two more numbers: nothing else has to
    pass over a result of so many numbers. Rounding may leave it a little below 0.
    """
    left = np.column_stack([-2 * probes, np.ones(len(probes)), _squares(probes)])
    right = np.column_stack([items, _squares(items), np.ones(len(items))])
    left, right = left.astype(np.float32), np.ascontiguousarray(right.T, np.float32)
    return lambda rows: left[rows] @ right


def quantile_of_pairs(gallery: Gallery, share: float) -> float | None:
    """Give the Euclidean distance within which this share of different people's pairs of faces is.

    Measured on `PAIRS` random pairs; None where there is but one person.
    """
    rng = np.random.default_rng(SEED)
    apart = []
    for _ in range(PAIRS // PART):
        one, other = rng.integers(0, len(gallery.codes), (2, PART))
        different = gallery.codes[one] != gallery.codes[other]
        one, other = one[different], other[different]
        apart.append(np.linalg.norm(gallery.vectors[one] - gallery.vectors[other], axis=1))
    distances = np.concatenate(apart)
    return float(np.quantile(distances, share)) if len(distances) else None


def mask_copies(matrix: Floats, gallery: Gallery, rows: slice, value: float) -> None:
    """Overwrite what the probes `rows` have with themselves and with copies of themselves."""
    firsts = _starts(gallery.copies)
    sizes = np.diff([*firsts, len(gallery.copies)])
    photo = gallery.copies[rows]
    for step in range(int(sizes[photo].max())):
        line = np.flatnonzero(sizes[photo] > step)
        matrix[line, firsts[photo[line]] + step] = value


def _squares(vectors: Floats) -> Floats:
    return np.einsum("nd,nd->n", vectors, vectors)


def _starts(numbers: Indices) -> Indices:
    return np.searchsorted(numbers, np.arange(numbers[-1] + 1))


def _templates(sums: Floats, totals: Floats, normalized: bool) -> Floats:
    means = sums / np.maximum(totals, np.finfo(np.float32).tiny)[:, None]
    if normalized:
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        means /= np.maximum(lengths, np.finfo(np.float32).tiny)
    return means.astype(np.float32, copy=False)
