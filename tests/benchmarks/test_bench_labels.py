"""benchmarks/labels.py: its main once, at its smallest size."""

import pytest
from benchmark import run


def test_both_are_measured() -> None:
    printed = run("labels", "--sidecars", "3", "--faces", "50")
    assert "3 sidecars imported" in printed
    assert "one label among 50 faces" in printed


def test_the_table_of_faces_is_measured() -> None:
    printed = run("labels", "--table", "1000")
    assert "faces.tsv of 1000 faces" in printed and "MB of memory" in printed


@pytest.mark.long
def test_a_label_is_followed_into_the_scores() -> None:
    assert "one label to the scores" in run("labels", "--run", "40")
