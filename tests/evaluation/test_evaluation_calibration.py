"""How far the probabilities can be relied on."""

from pathlib import Path

import numpy as np
import pytest
from made_up_gallery import NEAR, evaluated, gallery_table, known_gallery, people
from visage.evaluation import calibration, metrics
from visage.evaluation.searched import search_gallery


def test_the_calibration_error_is_the_mean_distance_from_the_truth() -> None:
    right = np.array([1, 1, 1, 0, 0, 0, 0, 1], float)
    said = np.array([0.95, 0.95, 0.95, 0.95, 0.05, 0.05, 0.05, 0.05])
    bins = calibration.binned(said, right, np.ones(8))
    assert [(b.predicted, b.observed.value) for b in bins] == [(0.05, 0.25), (0.95, 0.75)]
    assert calibration.calibration_error(bins) == pytest.approx(0.2)
    assert calibration.calibration_error([]) is None


def test_the_probability_is_reliable_on_people_it_has_not_seen(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    fit_on, _ = evaluated(tmp_path, known_gallery(120, 5, 0.19), fpir=0.05)
    line = fit_on.calibration
    assert line
    vectors = people(rng, 120, 5, 0.19)
    persons = [str(number // 5) for number in range(600)]
    fresh = search_gallery(gallery_table(vectors, persons), "mean", True, NEAR)
    known = metrics.mated(fresh.trials)
    right, wrong = line.probability(fresh.trials.own[known]), line.probability(fresh.trials.other)
    for low in np.arange(0, 1, 0.2):
        inside = [((part >= low) & (part < low + 0.2)).sum() for part in (right, wrong)]
        if sum(inside) >= 50:
            assert low - 0.1 <= inside[0] / sum(inside) <= low + 0.3
    curve = [(b.predicted, b.observed.value) for b in fit_on.reliability]
    assert curve == sorted(curve)
