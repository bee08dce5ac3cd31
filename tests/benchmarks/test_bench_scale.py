"""benchmarks/scale.py: its main once, at its smallest size."""

import pytest
from benchmark import run


@pytest.mark.long
def test_a_plan_is_measured() -> None:
    printed = run("scale", "--plan", "--images", "20", "--shards", "1")
    assert "first dry run" in printed
    assert "second dry run" in printed
