"""What the gallery's evaluation says of a distance: its threshold, and how likely it is them."""

import json
from collections.abc import Mapping
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.search.rankings.base import Learnt
from visage.types import Reals

# What evaluations were made with that do not say it: those of versions before it was learnt.
BEFORE = {"within": 0.5, "centre": None}
# Odds beyond a million to one are no knowledge of any gallery's; within it nothing overflows.
LIMIT = float(np.log(1e6))


class Calibration(NamedTuple):
    """The logarithm of the odds is `slope` · distance + `intercept`."""

    slope: float  # below 0
    intercept: float

    def with_prior(self, known_share: float) -> "Calibration":
        """Give it for queries of which so many are of somebody in the gallery.

        Args:
            known_share: Above 0, below 1; the evaluation takes one half.
        """
        return self._replace(intercept=self.intercept + log(known_share / (1 - known_share)))

    def log_odds(self, distance: Reals) -> Reals:
        """Give the logarithm of right : wrong for each distance."""
        return np.clip(self.slope * np.asarray(distance) + self.intercept, -LIMIT, LIMIT)

    def probability(self, distance: Reals) -> Reals:
        """Give the probability of the right person for each distance, by itself."""
        return 1 / (1 + np.exp(-self.log_odds(distance)))


class Evaluation(NamedTuple):
    """What the other stages take from evaluation.json."""

    threshold: float | None  # None: the gallery gives none
    summary: str  # a sentence or two: where the threshold is from, or why there is none
    calibration: Calibration | None
    same_face: float | None  # Euclidean distance within which two faces pass for one person's
    learnt: Learnt  # for the ranking


def read_evaluation(path: Path) -> Evaluation:
    """Read evaluation.json.

    Raises:
        VisageError: It is missing, or not what `visage.evaluation` writes.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        threshold, line = content["threshold"], content["calibration"]
        return Evaluation(
            None if threshold is None else float(threshold),
            str(content["summary"]),
            None if line is None else Calibration(float(line["slope"]), float(line["intercept"])),
            content.get("same_face"),
            _learnt(content.get("learnt", BEFORE)),
        )
    except FileNotFoundError as error:
        raise VisageError(f"{path} is missing. Run the workflow again: it will be made.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VisageError(
            f"{path} is damaged ({error}). Delete it and run the workflow again."
        ) from error


def _learnt(content: dict[str, Any]) -> Learnt:
    centre = content["centre"]
    return Learnt(content["within"], None if centre is None else np.array(centre, np.float32))


def fits(path: Path, expected: Mapping[str, object]) -> bool:
    """Tell whether there is an evaluation that was made with these values."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return all(content.get(key) == value for key, value in expected.items())


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
