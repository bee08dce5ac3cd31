"""From a distance to the probability that it is this person.

Logistic regression (Platt scaling) of "the right person" on the distance: known people's searches
against strangers', the two kinds weighted equally. So the probability is that of a query which is
as likely of somebody in the gallery as of a stranger; whoever knows better multiplies the odds.
Two numbers, strictly falling with the distance, and usable from some dozen searches on; isotonic
regression needs about a thousand and gives steps at 0 and 1.
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


def fit(trials: Trials) -> Calibration | None:
    """Calibrate on all trials; None where nearer does not mean likelier."""
    distance, right, _ = _samples(trials, np.zeros(len(trials.own), np.int64))
    return _fit(distance, right)


def loss(calibration: Calibration, trials: Trials) -> float:
    """Give the cross-entropy (natural logarithm) of known and strangers' searches, equally."""
    own, other = trials.own[mated(trials)], trials.other[np.isfinite(trials.other)]
    right = np.logaddexp(0, -calibration.log_odds(own)).mean()
    return float(right + np.logaddexp(0, calibration.log_odds(other)).mean()) / 2


def reliability(trials: Trials, people: Indices) -> list[Bin]:
    """Check the calibration on people it was not fitted on.

    The people are split into `FOLDS` parts, and each part is judged by the calibration of the
    others. Right and wrong are weighted as in `fit`.
    """
    distance, right, codes = _samples(trials, people)
    probability = np.full(len(distance), np.nan)
    parts = codes % FOLDS
    for part in range(FOLDS):
        held = parts == part
        calibration = _fit(distance[~held], right[~held])
        if calibration is not None:
            probability[held] = calibration.probability(distance[held])
    known = np.isfinite(probability)
    weights = _weights(right)
    places = np.minimum((probability[known] * BINS).astype(np.int64), BINS - 1)
    bins = []
    for place in range(BINS):
        rows = np.flatnonzero(known)[places == place]
        if len(rows):
            share = float(np.average(right[rows], weights=weights[rows]))
            predicted = float(np.average(probability[rows], weights=weights[rows]))
            # Weighted searches count as so many equal ones (Kish's effective sample size).
            size = weights[rows].sum() ** 2 / (weights[rows] ** 2).sum()
            bins.append(Bin(predicted, wilson(share, size), len(rows)))
    return bins


def wilson(share: float, size: float) -> Interval:
    """Give Wilson's confidence interval of a share (E. B. Wilson, JASA 22, 1927)."""
    centre = (share + Z**2 / (2 * size)) / (1 + Z**2 / size)
    half = Z * np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2)) / (1 + Z**2 / size)
    return Interval(share, max(0.0, float(centre - half)), min(1.0, float(centre + half)))


def _samples(trials: Trials, people: Indices) -> tuple[Reals, Reals, Indices]:
    own, other = mated(trials), np.isfinite(trials.other)
    distance = np.concatenate([trials.own[own], trials.other[other]])
    right = np.concatenate([np.ones(own.sum()), np.zeros(other.sum())])
    return distance, right, np.concatenate([people[own], people[other]])


def _weights(right: Reals) -> Reals:
    ones = right.sum()
    return np.where(right == 1, 0.5 / max(ones, 1), 0.5 / max(len(right) - ones, 1)) * len(right)


def _fit(distance: Reals, right: Reals) -> Calibration | None:
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(right)) < 2:
        return None
    centre, spread = float(distance.mean()), float(distance.std()) or 1.0
    # Next to no shrinkage: two numbers from hundreds of searches need none, and it would make every
    # probability too timid. A little keeps the slope finite where the two kinds do not overlap.
    model = LogisticRegression(C=SHRINKAGE, class_weight="balanced").fit(
        ((distance - centre) / spread)[:, None], right
    )
    slope = float(model.coef_[0, 0]) / spread
    if not slope < 0:
        return None
    return Calibration(slope, float(model.intercept_[0]) - slope * centre)
