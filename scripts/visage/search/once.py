"""A person is in a picture once: who of several faces of one picture gets a person.

Mirrors and collages aside; `match.once_per_image: false` is for them. Where two faces of a picture
have the same person as their closest, people and faces are brought together so that they are as
near as possible in all; the face that loses keeps the person as `possible`. Where somebody said
which face of the picture is a person, no other face is.
"""

import numpy as np
from numpy.typing import NDArray

from visage.search.rankings.base import Candidates
from visage.status import Verdict
from visage.types import Indices

NEARER = "another face of the picture is nearer to this person (match.once_per_image)"
SAID = "somebody said that another face of the picture is this person (match.once_per_image)"
GIVEN_AWAY = "the closest person is another face of the picture (match.once_per_image)"


def once_per_picture(
    found: Candidates,
    verdict: NDArray[np.str_],
    pictures: Indices,
    threshold: float,
    taken: NDArray[np.bool_],
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Judge again the pictures in which a person would be matched twice.

    Args:
        found: The candidates of all faces.
        verdict: Of each of them, by itself.
        pictures: Shape (probes,): the picture of each face.
        threshold: The largest distance of a match.
        taken: Of each candidate, whether another face of the picture is said to be the person.

    Returns:
        The verdicts, and a reason for each that is not as it would be by itself; "" elsewhere.
    """
    verdict, reason = verdict.astype(object), np.full(len(verdict), "", object)
    picture = pictures[found.probe]
    for rows in _contested(found, verdict, picture, taken):
        near = rows[found.measured[rows] <= threshold]
        given = np.zeros(len(near), bool)
        given[~taken[near]] = _assigned(found, near[~taken[near]], threshold)
        verdict[near] = np.where(given, str(Verdict.MATCH), str(Verdict.POSSIBLE))
        first = found.rank[near] == 1
        reason[near[first & ~given]] = NEARER
        reason[near[first & taken[near]]] = SAID
        reason[near[~first & given]] = GIVEN_AWAY
    return verdict.astype(str), reason.astype(str)


def _contested(
    found: Candidates, verdict: NDArray[np.str_], picture: Indices, taken: NDArray[np.bool_]
) -> list[Indices]:
    """Give the rows of each picture in which a person is matched twice."""
    matched = np.flatnonzero(verdict == str(Verdict.MATCH))
    pairs = np.stack([picture[matched], found.person[matched]], axis=1)
    _, place, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    twice = np.unique(pairs[(count[place.ravel()] > 1) | taken[matched], 0])
    order = np.argsort(picture, kind="stable")
    first, last = (np.searchsorted(picture[order], twice, side=side) for side in ("left", "right"))
    return [order[a:b] for a, b in zip(first, last, strict=True)]


def _assigned(found: Candidates, rows: Indices, threshold: float) -> NDArray[np.bool_]:
    """Mark the rows of the best assignment; each face and each person is in one at most."""
    # Only here: few pictures need it, and it takes as long to import as all else that a job needs.
    from scipy.optimize import linear_sum_assignment

    faces, face = np.unique(found.probe[rows], return_inverse=True)
    people, person = np.unique(found.person[rows], return_inverse=True)
    # What is not among the rows gains nothing; what just reaches the threshold a little.
    gain = np.zeros((len(faces), len(people)))
    gain[face, person] = threshold - found.measured[rows] + np.finfo(np.float32).eps
    chosen = np.zeros(gain.shape, bool)
    chosen[linear_sum_assignment(gain, maximize=True)] = True
    return chosen[face, person]
