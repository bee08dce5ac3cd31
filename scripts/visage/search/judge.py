"""Is it this person, or only the least unlike one? Threshold and probability of candidates."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visage.search.calibration import Calibration, probabilities
from visage.search.once import once_per_picture
from visage.search.rankings.base import Candidates
from visage.search.threshold import Threshold
from visage.status import Verdict
from visage.types import Indices, Reals


class Judged(NamedTuple):
    """What is said of each of some candidates, one item each."""

    verdict: NDArray[np.str_]  # of `Verdict`
    probability: Reals  # NaN until calibrated
    reason: NDArray[np.str_]  # why a verdict is not what the face by itself would have; else ""


@dataclass(frozen=True)
class Judge:
    """What the gallery's evaluation and the config make of distances."""

    threshold: Threshold
    calibration: Calibration | None = None
    once: bool = True  # a person is in a picture once

    def __call__(
        self, found: Candidates, pictures: Indices, taken: NDArray[np.bool_] | None = None
    ) -> Judged:
        """Judge all candidates of some faces.

        Args:
            found: The candidates.
            pictures: Shape (probes,): the picture of each face.
            taken: Of each candidate, whether another face of the picture is said to be the person;
                None: nothing was said.
        """
        limit = self.threshold.value
        verdict = verdicts(found.rank, found.measured, limit)
        reason = np.full(len(verdict), "")
        if self.once and limit is not None:
            if taken is None:
                taken = np.zeros(len(verdict), bool)
            verdict, reason = once_per_picture(found, verdict, pictures, limit, taken)
        return Judged(verdict, probabilities(found.probe, found.measured, self.calibration), reason)


def verdicts(rank: Indices, distance: Reals, threshold: float | None) -> NDArray[np.str_]:
    """Judge candidates, given their rank for their face (1 = closest) and their distance.

    Returns:
        `match`: the closest person, near enough. `possible`: near enough, but another person is
        closer; or there is no threshold to tell. `unknown`: too far.
    """
    if threshold is None:
        return np.full(len(rank), str(Verdict.POSSIBLE))
    near = np.where(rank == 1, str(Verdict.MATCH), str(Verdict.POSSIBLE))
    return np.where(distance <= threshold, near, str(Verdict.UNKNOWN))


def matches_first(found: Candidates, judged: Judged) -> tuple[Candidates, Judged]:
    """Put the person whom a face is taken for before all others, of whom some may be closer.

    They are where other faces of the picture got the closer people.
    """
    late = (judged.verdict == str(Verdict.MATCH)) & (found.rank > 1)
    if not late.any():
        return found, judged
    order = np.lexsort((found.rank, ~late, found.probe))
    rank = found.rank[np.lexsort((found.rank, found.probe))]  # of each face the same as before
    verdict, probability, reason = judged
    return (
        found.take(order)._replace(rank=rank),
        Judged(verdict[order], probability[order], reason[order]),
    )
