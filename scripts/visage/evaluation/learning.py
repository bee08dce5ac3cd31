"""How faces vary, learnt from a gallery for the ranking that is to be used."""

import numpy as np

from visage.evaluation.calibration import fit, loss
from visage.evaluation.metrics import mated
from visage.evaluation.protocol import search
from visage.search.faces import Faces
from visage.search.rankings import RANKINGS
from visage.search.rankings.base import DEFAULT, Learnt, Ranking
from visage.types import Indices

PROBES = 2000  # photographs that are searched for each choice
PEOPLE = 20  # with two photographs, without which nothing is learnt but the centre
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
    return min(choices, key=lambda choice: _judged(kind(faces, choice), photographs, probes))


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
