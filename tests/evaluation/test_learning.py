"""How faces vary, learnt from the gallery."""

from pathlib import Path

import numpy as np
from made_up_gallery import DIMENSION, PUBLISHED, evaluated, gallery_table, people
from visage.config import Match
from visage.evaluation.evaluate import write_evaluation
from visage.search.calibration import read_evaluation
from visage.search.gallery import Gallery


def test_what_was_learnt_comes_back_from_the_file_to_the_last_digit(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    off = np.full(DIMENSION, 0.15, np.float32)  # all faces have something in common
    persons = [f"{code:03}" for code in np.repeat(np.arange(120), 3)]
    table = gallery_table(people(rng, 120, 3, 0.1) + off, persons)
    result, found = evaluated(tmp_path, table, ranking="likelihood")
    write_evaluation(tmp_path / "evaluation.json", result)
    learnt = read_evaluation(tmp_path / "evaluation.json").learnt
    assert learnt.within == found.ranking.learnt.within
    assert learnt.centre is not None
    assert (learnt.centre == found.ranking.learnt.centre).all()
    gallery = Gallery.open(
        tmp_path / "faces.parquet", Match(), True, PUBLISHED, tmp_path / "evaluation.json"
    )
    probes = people(rng, 5, 1, 0.1) + off
    answer = found.ranking.candidates(found.faces.space(probes), gallery.search, 3)
    again, _ = gallery.find(probes, 3)
    assert [gallery.people.ids[p] for p in again.person] == [
        found.faces.people[p] for p in answer.person
    ]
    np.testing.assert_allclose(again.distance, answer.distance, atol=1e-6)
