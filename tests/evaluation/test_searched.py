"""The searches: against the search itself, and who is not searched for."""

from pathlib import Path

import numpy as np
import pytest
from made_up_gallery import DIMENSION, NEAR, evaluated, gallery_table, people
from searching import searched
from visage.evaluation import metrics
from visage.evaluation.searched import search_gallery
from visage.search.exact import ExactSearch
from visage.store.arrow import texts


@pytest.mark.parametrize(
    ("ranking", "normalize"),
    [
        ("nearest", True),
        ("nearest", False),
        ("mean", True),
        ("mean", False),
        ("likelihood", True),
        ("likelihood", False),
    ],
)
def test_one_pass_gives_what_searching_the_rest_gives(ranking: str, normalize: bool) -> None:
    rng = np.random.default_rng(5)
    persons = [str(code) for code in rng.integers(0, 6, 40)] + ["alone", "twice", "twice"]
    vectors = rng.normal(size=(len(persons), DIMENSION)).astype(np.float32) + 0.3
    hashes = [f"{number:04}" for number in range(len(persons))]
    vectors[-1], hashes[-1] = vectors[-2], hashes[-2]  # a person with two copies of one photograph
    found = search_gallery(gallery_table(vectors, persons, hashes), ranking, normalize, NEAR)
    hashes_here = found.rows["sha256"].to_pylist()
    rows = [int(image.split("/")[1][:-4]) for image in texts(found.rows["image"])]
    for place, row in enumerate(rows):
        rest = [r for r in range(len(persons)) if hashes[r] != hashes_here[place]]
        probe = vectors[row : row + 1]
        labels = [persons[r] for r in rest]
        answer, gallery = searched(vectors[rest], labels, probe, ranking, normalize, 5, 100)
        ordered = [gallery.people[code] for code in answer.person]
        distance = dict(zip(ordered, answer.distance.tolist(), strict=True))
        own, other, other_person, own_rank = (part[place] for part in found.trials[:4])
        strangers = [person for person in ordered if person != persons[row]]
        assert found.faces.people[other_person] == strangers[0]
        assert other == pytest.approx(distance[strangers[0]], abs=1e-3)
        if persons[row] in distance:
            assert own == pytest.approx(distance[persons[row]], abs=1e-3)
            assert own_rank == ordered.index(persons[row]) + 1
        else:
            assert np.isnan(own)
            assert own_rank == 0
    assert {persons[r] for r, n in zip(rows, found.trials.rank, strict=True) if n == 0} == {
        "alone",
        "twice",
    }


def test_the_same_photograph_under_two_people_is_not_searched_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    vectors = people(rng, 8, 30, 0.05)
    persons = [f"p{number // 30}" for number in range(240)]
    hashes = [f"{number:04}" for number in range(240)]
    vectors[35], hashes[35] = vectors[0], hashes[0]
    result, _ = evaluated(tmp_path, gallery_table(vectors, persons, hashes))
    assert result.gallery.misfiled == 2
    assert result.gallery.strangers_searches == 238
    assert result.rank_one and result.rank_one.value == 1
    # A distance of 0 between two people would have ruined it.
    assert result.threshold and result.threshold > 0.1


@pytest.mark.parametrize("ranking", ["nearest", "mean", "likelihood"])
def test_fresh_strangers_are_taken_for_somebody_as_often_as_asked(ranking: str) -> None:
    rng = np.random.default_rng(11)
    fpir, number, fresh, rates = 0.05, 150, 1000, []
    for _ in range(8):
        known = people(rng, number, 4, 0.15)
        persons = [f"{code:03}" for code in np.repeat(np.arange(number), 4)]
        found = search_gallery(gallery_table(known, persons), ranking, True, NEAR)
        threshold = metrics.threshold_at(metrics.strangers(found.trials), fpir)
        assert threshold is not None
        probes = found.faces.space(people(rng, fresh, 1, 0.15))
        answer = found.ranking.candidates(probes, ExactSearch(found.faces, 1), 1)
        rates.append(float((answer.distance <= threshold).mean()))
    # Each rate varies with its fresh strangers, and with the people who set its threshold.
    error = np.sqrt(fpir * (1 - fpir) * (1 / fresh + 1 / number) / len(rates))
    assert abs(np.mean(rates) - fpir) < 3 * error
