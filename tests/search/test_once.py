"""A person once a picture, against every possible assignment."""

from itertools import permutations

import numpy as np
import pytest
from visage.search.judge import Judge, verdicts
from visage.search.once import GIVEN_AWAY, NEARER, SAID, once_per_picture
from visage.search.rankings.base import Candidates
from visage.search.threshold import Threshold


def candidates(distances: np.ndarray) -> Candidates:
    """All people for each face, by distance: shape (faces, people)."""
    faces, people = distances.shape
    order = np.argsort(distances, axis=1, kind="stable")
    probe = np.repeat(np.arange(faces), people)
    away = np.take_along_axis(distances, order, axis=1).ravel()
    rank = np.tile(np.arange(1, people + 1), faces)
    zeros = np.zeros(len(probe), np.int64)
    return Candidates(probe, rank, order.ravel(), away, zeros, zeros, away)


def judged(distances: list, pictures: list | None = None, once: bool = True) -> dict:
    """Give verdict and reason by face and person."""
    found = candidates(np.array(distances, float))
    judge = Judge(Threshold(1.0, ""), once=once)
    result = judge(found, np.zeros(len(distances), int) if pictures is None else np.array(pictures))
    rows = zip(result.verdict.tolist(), result.reason.tolist(), strict=True)
    keys = zip(found.probe.tolist(), found.person.tolist(), strict=True)
    return dict(zip(keys, rows, strict=True))


def test_the_farther_face_loses() -> None:
    found = judged([[0.5, 1.5], [0.7, 1.4]])
    assert found[0, 0] == ("match", "")
    assert found[1, 0] == ("possible", NEARER)
    assert found[0, 1] == found[1, 1] == ("unknown", "")


def test_it_gets_its_next_person_where_that_is_near_enough() -> None:
    found = judged([[0.5, 0.9], [0.4, 1.4]])
    assert found[1, 0] == ("match", "")
    assert found[0, 0] == ("possible", NEARER)
    assert found[0, 1] == ("match", GIVEN_AWAY)


def test_who_was_said_to_be_another_face_is_given_to_none() -> None:
    found = candidates(np.array([[0.5, 0.9], [0.7, 1.4], [1.2, 0.6]]))
    result = Judge(Threshold(1.0, ""))(found, np.zeros(3, int), found.person == 0)
    rows = zip(result.verdict.tolist(), result.reason.tolist(), strict=True)
    keys = zip(found.probe.tolist(), found.person.tolist(), strict=True)
    told = dict(zip(keys, rows, strict=True))
    assert told[0, 0] == ("possible", SAID) and told[1, 0] == ("possible", SAID)
    assert told[2, 1] == ("match", "")  # the nearest to the other person
    assert told[0, 1] == ("possible", "")


def test_other_pictures_and_other_people_stay_as_they_are() -> None:
    distances = [[0.5, 0.9], [0.4, 0.8], [0.9, 0.3], [0.2, 1.5]]
    alone = judged(distances, once=False)
    assert judged(distances, [0, 1, 2, 3]) == alone
    assert all(reason == "" for _, reason in alone.values())
    mixed = judged(distances, [0, 0, 2, 3])  # only the first picture is contested
    assert {key: value for key, value in mixed.items() if key[0] > 1} == {
        key: value for key, value in alone.items() if key[0] > 1
    }
    assert mixed != alone


@pytest.mark.parametrize("seed", range(30))
def test_the_assignment_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distances = np.round(rng.uniform(0.2, 1.4, (4, 3)), 3)
    distances[:, 0] -= 0.2  # so that there is a contest
    found = candidates(distances)
    alone = verdicts(found.rank, found.measured, 1.0)
    nobody = np.zeros(len(alone), bool)
    verdict, _ = once_per_picture(found, alone, np.zeros(4, int), 1.0, nobody)
    given = [
        (face, person)
        for face, person, word in zip(found.probe, found.person, verdict, strict=True)
        if word == "match"
    ]
    assert len({face for face, _ in given}) == len({person for _, person in given}) == len(given)
    best = max(
        sum(max(0.0, 1 - distances[face, person]) for person, face in enumerate(faces))
        for faces in permutations(range(4), 3)
    )
    first = distances.argmin(axis=1)
    near = distances.min(axis=1) <= 1
    if len(set(first[near])) < near.sum():  # somebody would have been matched twice
        assert sum(1 - distances[face, person] for face, person in given) == pytest.approx(best)


def test_nothing_to_judge() -> None:
    assert judged(np.empty((0, 3)).tolist() or [[2.0]]) == {(0, 0): ("unknown", "")}
