"""benchmarks/scale.py: its main once, at its smallest size."""

import pytest
from benchmark import run


@pytest.mark.long
def test_runs_are_measured_with_a_stand_in_for_the_model() -> None:
    printed = run("scale", "--images", "20", "--shards", "1", "--cost", "1")
    for kind in ("full run", "nothing to do", "one added", "one removed"):
        assert kind in printed
