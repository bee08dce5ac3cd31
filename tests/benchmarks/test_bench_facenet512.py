"""benchmarks/facenet512.py: its main once, at its smallest size."""

import pytest
from benchmark import run


@pytest.mark.long
def test_batches_are_measured_beside_single_faces() -> None:
    printed = run("facenet512", "--crops", "2", "--rounds", "1", "--threads", "1")
    assert "DeepFace, one by one" in printed
    assert "visage, in batches" in printed
