"""From distances to probabilities, by the calibration of the gallery's evaluation."""

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from visage.types import Reals

# Odds beyond a million to one are no knowledge of any gallery's; within it nothing overflows.
LIMIT = float(np.log(1e6))


@dataclass(frozen=True)
class Calibration:
    """The logarithm of the odds is `slope` · distance + `intercept`."""

    slope: float  # below 0
    intercept: float

    def with_prior(self, known_share: float) -> "Calibration":
        """Give it for queries of which so many are of somebody in the gallery.

        Args:
            known_share: Above 0, below 1; the evaluation takes one half.
        """
        return replace(self, intercept=self.intercept + log(known_share / (1 - known_share)))

    def log_odds(self, distance: Reals) -> Reals:
        """Give the logarithm of right : wrong for each distance."""
        return np.clip(self.slope * np.asarray(distance) + self.intercept, -LIMIT, LIMIT)

    def probability(self, distance: Reals) -> Reals:
        """Give the probability of the right person for each distance, by itself."""
        return 1 / (1 + np.exp(-self.log_odds(distance)))


def probabilities(
    probe: NDArray[np.integer], distance: Reals, calibration: Calibration | None
) -> Reals:
    """Give each candidate's probability of being the person of the face `probe`.

    A face is of one person at most, so its candidates share: each one's odds against the odds of
    all of them and 1 (that it is nobody of the gallery). They sum to less than 1, and of one
    face's candidates the nearer has the higher one.

    Args:
        probe: Number of the face of each candidate.
        distance: Of each candidate.
        calibration: None gives NaN everywhere.
    """
    if calibration is None or not len(probe):
        return np.full(len(probe), np.nan)
    odds = np.exp(calibration.log_odds(distance))
    return odds / (1 + np.bincount(probe, odds)[probe])


def log_odds_of(probability: Reals) -> Reals:
    """Give back the logarithm of the odds of probabilities."""
    with np.errstate(divide="ignore"):
        odds = np.log(probability) - np.log1p(-probability)
    return np.clip(odds, -LIMIT, LIMIT)
