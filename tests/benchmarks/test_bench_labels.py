"""benchmarks/labels.py: its main once, at its smallest size."""

import runpy
import sys

import pytest
from conftest import REPO


def test_both_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["labels.py", "--sidecars", "3", "--faces", "50"])
    runpy.run_path(str(REPO / "benchmarks/labels.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "3 sidecars imported" in printed
    assert "one label among 50 faces" in printed
