"""How faces vary, learnt from a gallery for the ranking that is to be used."""

import numpy as np

from visage.evaluation.calibration import fit, loss
from visage.evaluation.metrics import mated
from visage.evaluation.protocol import search
from visage.search.faces import Faces
from visage.search.rankings import RANKINGS
from visage.search.rankings.base import DEFAULT, Learnt, Ranking
from visage.types import Indices, Reals

PROBES = 2000  # photographs that are searched for each choice
PEOPLE = 20  # with two photographs, without which nothing is learnt but the centre
DEGREE = 2  # of the curve through the judgements
SPREAD = 0.1  # standard deviation of what is expected before anything is seen, around `DEFAULT`


def learn(name: str, faces: Faces, photographs: Indices) -> Learnt:
    """Choose what tells people apart best in this gallery.

    Each choice is judged by the cross-entropy of known people's and strangers' searches (a sample),
    each calibrated by itself. People count, not photographs; a normal prior around the usual value
    decides where they are few.

    Args:
        name: The config's `match.ranking`.
        faces: The gallery, ordered by person and photograph.
        photographs: Shape (n,): equal for copies of a photograph.
    """
    kind = RANKINGS[name]
    choices = kind.choices(faces)
    if not choices:
        return DEFAULT
    probes = _sample(faces.codes, photographs)
    people = len(np.unique(faces.codes[probes]))
    if people < PEOPLE:
        return min(choices, key=_prior)
    judged = [_judged(kind(faces, choice), photographs, probes) for choice in choices]
    return _lowest(choices, np.array(judged))


def _lowest(choices: list[Learnt], judged: Reals) -> Learnt:
    """Give the choice nearest to the lowest point of the parabola through the judgements.

    Which of them is the lowest by itself is chance where the curve is flat: on half of LFW a sample
    of half the probes says 0.55, all of them 0.45, the parabola through either 0.46.
    """
    within, known = np.array([choice.within for choice in choices]), np.isfinite(judged)
    if known.sum() > DEGREE + 1:
        curve = np.polyfit(within[known], judged[known], DEGREE)
        if curve[0] > 0:
            return choices[int(np.argmin(np.abs(within + curve[1] / (2 * curve[0]))))]
    return choices[int(np.argmin(judged))]


def _judged(ranking: Ranking, photographs: Indices, probes: Indices) -> float:
    trials = search(ranking, photographs, probes)
    calibration = fit(trials)
    if calibration is None:
        return float("inf")
    people = len(np.unique(ranking.faces.codes[probes][mated(trials)]))
    return people * loss(calibration, trials) + _prior(ranking.learnt)


def _prior(learnt: Learnt) -> float:
    return ((learnt.within - DEFAULT.within) / SPREAD) ** 2 / 2


def _sample(codes: Indices, photographs: Indices) -> Indices:
    """Give photographs of people who have several, spread over all of them."""
    first = np.flatnonzero(np.diff(photographs, prepend=-1) != 0)  # of copies one
    several = np.bincount(codes[first])[codes[first]] > 1
    rows = first[several]
    chosen = np.linspace(0, max(len(rows) - 1, 0), min(PROBES, len(rows)))
    return rows[chosen.astype(np.int64)]
