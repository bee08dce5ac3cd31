"""Rates by size, quality and number of photographs, against numbers by hand."""

import numpy as np
import pyarrow as pa
from made_up_gallery import trials_of
from visage.evaluation.strata import strata

# Five probes: sizes 30 to 200, the shorter side counts; the fourth has no other photograph.
ROWS = pa.table(
    {
        "w": [30.0, 47.9, 48.0, 300.0, 250.0],
        "h": [90.0, 60.0, 50.0, 192.0, 200.0],
        "quality": [0.4, 1.0, 1.2, 0.9, 0.8],
    }
)
TRIALS = trials_of([0.2, 0.9, 0.3, np.nan, 0.4], [0.8, 0.5, 1.0, 0.6, 1.2], [1, 2, 1, 0, 1])
OTHERS = np.array([1, 2, 3, 0, 10])


def test_every_probe_is_in_one_stratum_of_each_kind() -> None:
    found = strata(TRIALS, ROWS, OTHERS, 0.7)
    assert list(found) == ["face size", "photographs", "quality"]
    bounds = {name: [(part.low, part.high) for part in parts] for name, parts in found.items()}
    assert bounds["face size"] == [(None, 48.0), (48.0, 96.0), (192.0, None)]  # none is between
    assert bounds["photographs"] == [(None, 2.0), (2.0, 4.0), (10.0, None)]
    assert bounds["quality"] == [(None, 0.5), (0.8, 1.0), (1.0, None)]
    for parts in found.values():
        assert sum(part.known for part in parts) == 4
        assert sum(part.strangers for part in parts) == 5


def test_the_rates_are_those_of_the_stratum() -> None:
    small, middle, large = strata(TRIALS, ROWS, OTHERS, 0.7)["face size"]
    # Of the two small faces one is second and too far; one stranger is within 0.7.
    assert (small.known, small.rank_one, small.fnir, small.fpir) == (2, 0.5, 0.5, 0.5)
    assert (middle.known, middle.rank_one, middle.fnir, middle.fpir) == (1, 1, 0, 0)
    assert (large.known, large.strangers, large.fpir) == (1, 2, 0.5)


def test_without_a_threshold_or_a_quality_there_is_less_to_say() -> None:
    found = strata(TRIALS, ROWS.drop_columns("quality"), OTHERS, None)
    assert list(found) == ["face size", "photographs"]
    assert {part.fnir for parts in found.values() for part in parts} == {None}
    alone = strata(TRIALS, ROWS, np.array([0, 0, 0, 0, 10]), 0.7)["photographs"][0]
    assert alone.known == 3
