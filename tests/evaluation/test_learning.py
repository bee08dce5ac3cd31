"""How faces vary, learnt from the gallery."""

from pathlib import Path

import numpy as np
from made_up_gallery import DIMENSION, PUBLISHED, evaluated, gallery_table, people
from visage.config import Match
from visage.evaluation.learning import _lowest
from visage.search.gallery import Gallery
from visage.search.own_evaluation import Evaluation
from visage.search.rankings.base import Learnt


def test_what_was_learnt_comes_back_from_the_file_to_the_last_digit(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    off = np.full(DIMENSION, 0.15, np.float32)  # all faces have something in common
    persons = [f"{code:03}" for code in np.repeat(np.arange(120), 3)]
    table = gallery_table(people(rng, 120, 3, 0.1) + off, persons)
    result, found = evaluated(tmp_path, table, ranking="likelihood")
    result.write(tmp_path / "evaluation.json")
    learnt = Evaluation.read(tmp_path / "evaluation.json").learnt
    assert learnt.within == found.ranking.learnt.within
    assert learnt.centre is not None
    assert (learnt.centre == found.ranking.learnt.centre).all()
    gallery = Gallery.open(
        tmp_path / "faces.parquet", Match(), True, PUBLISHED, tmp_path / "evaluation.json"
    )
    probes = people(rng, 5, 1, 0.1) + off
    answer = found.ranking.candidates(found.faces.space(probes), gallery.search, 3)
    again = gallery.candidates(probes, 3)
    assert [gallery.people.ids[p] for p in again.person] == [
        found.faces.people[p] for p in answer.person
    ]
    np.testing.assert_allclose(again.distance, answer.distance, atol=1e-6)


def test_chance_in_a_flat_curve_decides_nothing() -> None:
    within = np.arange(0.25, 0.65, 0.05)
    choices = [Learnt(float(value), None) for value in within]
    # As judged by 2,000 and by all 3,980 photographs of half of LFW.
    sample = np.array([43.0, 39.4, 37.55, 37.96, 37.26, 37.14, 37.06, 39.17])
    everything = np.array([42.54, 37.97, 35.82, 36.07, 35.53, 35.58, 36.59, 38.06])
    assert sample.argmin() != everything.argmin()
    assert _lowest(choices, sample).within == _lowest(choices, everything).within == within[4]
    # Where one cannot be judged the others decide; where hardly any can, the lowest.
    unjudged = np.where(within < 0.3, np.inf, sample)
    assert _lowest(choices, unjudged).within == within[4]
    few = np.full(len(within), np.inf)
    few[[1, 5]] = 2.0, 1.0
    assert _lowest(choices, few).within == within[5]
    falling = np.linspace(2, 1, len(within)) - within**2  # no lowest point inside
    assert _lowest(choices, falling).within == within[-1]
