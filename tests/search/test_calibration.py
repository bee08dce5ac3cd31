"""From distances to probabilities."""

import numpy as np
import pytest
from visage.search.calibration import Calibration, probabilities


def test_the_prior_is_the_share_of_known_people() -> None:
    line = Calibration(slope=-10.0, intercept=10.0)
    assert line.with_prior(0.5) == line
    # At even odds for as many strangers as known, one in ten for nine times as many.
    assert line.with_prior(0.1).probability(np.array([1.0]))[0] == pytest.approx(0.1)


def test_probabilities_of_one_face_fall_with_distance_and_share() -> None:
    line = Calibration(slope=-10.0, intercept=10.0)
    assert line.probability(np.array([1.0]))[0] == 0.5
    assert (np.diff(line.probability(np.linspace(0, 2, 50))) <= 0).all()
    probe = np.array([0, 0, 0, 1, 1])
    distance = np.array([1.0, 1.0, 1.8, 0.5, 1.5])
    found = probabilities(probe, distance, line)
    # Odds 1, 1 and e^−8: two who are as near share what one alone would have.
    assert found[0] == found[1] == pytest.approx(1 / (3 + np.exp(-8)))
    assert found[2] < found[1]
    assert found[3] > 0.99 > found[4]
    assert np.bincount(probe, found).max() < 1
    assert np.isnan(probabilities(probe, distance, None)).all()
    assert np.isfinite(probabilities(probe, distance * 1e6, line)).all()
