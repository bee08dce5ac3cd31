"""From a distance to the probability that it is this person.

Logistic regression (Platt scaling) of "the right person" on the distance of whoever was put first,
in known people's searches and in strangers', the two kinds weighted equally. A known person's
search that puts somebody else first is one of a wrong person, not one of a distant right one. So
the probability is that of a query which is as likely of somebody in the gallery as of a stranger;
whoever knows better multiplies the odds. Two numbers, strictly falling with the distance, and
usable from some dozen searches on; isotonic regression needs about a thousand and gives steps at 0
and 1.
"""

from typing import NamedTuple

import numpy as np

from visage.evaluation.metrics import Interval, mated
from visage.evaluation.protocol import Trials
from visage.search.calibration import Calibration
from visage.types import Indices, Reals

BINS = 10
FOLDS = 5
SHRINKAGE = 100.0
Z = 1.959964  # of the 95 % confidence interval


class Bin(NamedTuple):
    """One point of the reliability curve."""

    predicted: float  # mean probability
    observed: Interval  # share that were the right person, with Wilson's interval
    searches: int
    weight: float  # share of all searches, weighted


def fit(trials: Trials) -> Calibration | None:
    """Calibrate on all trials; None where nearer does not mean likelier."""
    return _fit(_samples(trials, np.zeros(len(trials.own), np.int64)))


def loss(calibration: Calibration, trials: Trials) -> float:
    """Give the mean cross-entropy (natural logarithm) of all searches, weighted as in `fit`."""
    samples = _samples(trials, np.zeros(len(trials.own), np.int64))
    signed = calibration.log_odds(samples.distance) * np.where(samples.right, -1, 1)
    return float(np.average(np.logaddexp(0, signed), weights=samples.weight))


def reliability(trials: Trials, people: Indices) -> list[Bin]:
    """Check the calibration on people it was not fitted on.

    The people are split into `FOLDS` parts, and each part is judged by the calibration of the
    others. Searches are weighted as in `fit`.
    """
    samples = _samples(trials, people)
    probability = np.full(len(samples.distance), np.nan)
    parts = samples.people % FOLDS
    for part in range(FOLDS):
        held = parts == part
        calibration = _fit(_Samples(*(column[~held] for column in samples)))
        if calibration is not None:
            probability[held] = calibration.probability(samples.distance[held])
    return binned(probability, samples.right, samples.weight)


def binned(probability: Reals, right: Reals, weight: Reals) -> list[Bin]:
    """Put probabilities into `BINS` bins beside the share that was right; NaN is left out."""
    known = np.isfinite(probability)
    probability, right, weight = probability[known], right[known], weight[known]
    places = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    bins = []
    for place in np.unique(places):
        rows = places == place
        share = float(np.average(right[rows], weights=weight[rows]))
        predicted = float(np.average(probability[rows], weights=weight[rows]))
        # Weighted searches count as so many equal ones (Kish's effective sample size).
        size = weight[rows].sum() ** 2 / (weight[rows] ** 2).sum()
        part = float(weight[rows].sum() / weight.sum())
        bins.append(Bin(predicted, wilson(share, size), int(rows.sum()), part))
    return bins


def calibration_error(bins: list[Bin]) -> float | None:
    """Give the expected calibration error (ECE): the mean distance of the bins from the truth."""
    if not bins:
        return None
    return sum(one.weight * abs(one.predicted - one.observed.value) for one in bins)


def wilson(share: float, size: float) -> Interval:
    """Give Wilson's confidence interval of a share (E. B. Wilson, JASA 22, 1927)."""
    centre = (share + Z**2 / (2 * size)) / (1 + Z**2 / size)
    half = Z * np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2)) / (1 + Z**2 / size)
    return Interval(share, max(0.0, float(centre - half)), min(1.0, float(centre + half)))


class _Samples(NamedTuple):
    """Nearest people found, and whether they were right."""

    distance: Reals
    right: Reals  # 0 or 1
    weight: Reals  # known people's searches weigh as much as strangers', in all
    people: Indices  # who was searched


def _samples(trials: Trials, people: Indices) -> _Samples:
    """Give what every search put first: the right person, or the nearest other one."""
    known, first, strange = mated(trials), trials.rank == 1, np.isfinite(trials.other)
    wrong = known & ~first
    parts = [(trials.own, first, 1), (trials.other, wrong, 0), (trials.other, strange, 0)]
    return _Samples(
        np.concatenate([distance[rows] for distance, rows, _ in parts]),
        np.concatenate([np.full(rows.sum(), float(right)) for _, rows, right in parts]),
        np.concatenate(
            [
                np.full(known.sum(), len(known) / max(1, known.sum())),
                np.full(strange.sum(), len(known) / max(1, strange.sum())),
            ]
        ),
        np.concatenate([people[rows] for _, rows, _ in parts]),
    )


def _fit(samples: _Samples) -> Calibration | None:
    from sklearn.linear_model import LogisticRegression

    distance, right = samples.distance, samples.right
    if len(np.unique(right)) < 2:
        return None
    centre, spread = float(distance.mean()), float(distance.std()) or 1.0
    # Next to no shrinkage: two numbers from hundreds of searches need none, and it would make every
    # probability too timid. A little keeps the slope finite where the two kinds do not overlap.
    model = LogisticRegression(C=SHRINKAGE).fit(
        ((distance - centre) / spread)[:, None], right, samples.weight
    )
    slope = float(model.coef_[0, 0]) / spread
    if not slope < 0:
        return None
    return Calibration(slope, float(model.intercept_[0]) - slope * centre)
