"""The rates, against numbers by hand."""

import numpy as np
import pytest
from made_up_gallery import trials_of
from visage.evaluation import calibration, metrics


@pytest.mark.parametrize(
    ("other", "fpir", "expected"),
    [
        (range(1, 100), 0.01, 1),  # 1 of 99 + 1
        (range(1, 100), 0.0299, 2),
        (range(1, 100), 0.1, 10),
        (range(1, 99), 0.01, None),  # one short
        ([5, 3, 3, 3, 9, 7, 8, 6, 4], 0.2, None),  # 2 allowed, but the 3 nearest are as near
        ([5, 3, 3, 3, 9, 7, 8, 6, 4], 0.35, 3),
        ([], 0.5, None),
    ],
)
def test_the_threshold_of_a_rate(other: list, fpir: float, expected: float | None) -> None:
    assert metrics.threshold_at(np.array(list(other), float), fpir) == expected


def test_rates_worked_out_by_hand() -> None:
    trials = trials_of(
        own=[0.2, 0.4, 0.6, 0.9, np.nan],
        other=[0.8, 0.3, 1.0, 1.2, 0.5],
        rank=[1, 2, 1, 1, 0],
    )
    assert metrics.rank_one(trials) == 0.75
    assert metrics.cmc(trials, 3) == [0.75, 1, 1]
    assert metrics.fpir_at(trials, 0.5) == 0.4  # 0.3 and 0.5 of five
    assert metrics.fnir_at(trials, 0.6) == 0.5  # one is second, one is too far, of four
    assert metrics.fnir_at(trials, 0.1) == 1
    points = metrics.det(trials, np.arange(5))
    np.testing.assert_allclose([p.fpir for p in points], np.arange(1, 6) / 6)
    np.testing.assert_allclose([p.fnir.value for p in points], [0.75, 0.75, 0.5, 0.25, 0.25])
    # A photograph of a known person in which no face was found is searched for and missed.
    failed = trials._replace(failed=np.array([0]))
    assert metrics.rank_one(failed) == 0.6
    assert metrics.cmc(failed, 3) == [0.6, 0.8, 0.8]
    assert metrics.fnir_at(failed, 0.6) == 0.6
    assert metrics.fpir_at(failed, 0.5) == 0.4


def test_intervals_are_those_of_people_not_of_photographs() -> None:
    # Two of 20 people are always missed. By photographs (2,000 of them) 10 % would be certain to
    # 1.3 percentage points; by people the interval is that of 2 of 20 draws.
    codes = np.repeat(np.arange(20), 100)
    missed = codes < 2
    trials = trials_of(
        np.where(missed, 1.9, 0.1), np.linspace(1.0, 1.5, len(codes)), np.ones(len(codes), int)
    )
    (point,) = metrics.operating_points(trials, codes, [0.1])
    assert point.fnir is not None
    assert point.fnir.value == pytest.approx(0.1)
    assert (point.fnir.low, point.fnir.high) == (0.0, 0.25)  # quantiles of Binomial(20, 0.1) / 20
    assert point.false_alarms == 200
    wilson = calibration.wilson(0.5, 100)
    assert (wilson.low, wilson.high) == (
        pytest.approx(0.4038, abs=1e-4),
        pytest.approx(0.5962, abs=1e-4),
    )
