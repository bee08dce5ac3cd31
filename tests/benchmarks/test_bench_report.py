"""benchmarks/report.py: its main once, at its smallest, in a process of its own."""

import subprocess
import sys

import pytest
from conftest import REPO
from visage.models.registry import load_registry


def test_the_report_is_measured() -> None:
    weights, registry = REPO / "weights", load_registry(REPO / "config" / "models.yaml")
    if not all((weights / file).exists() for file in registry.model("sface-yunet").files):
        pytest.skip("the weights are not here yet; the demo fetches them")
    if not (REPO / "resources/demo/sources.tsv").exists():
        pytest.skip("the demo's photographs are not here yet")
    command = [sys.executable, str(REPO / "benchmarks/report.py"), "--photographs", "12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    head, line = done.stdout.splitlines()[-2:]
    assert "photographs" in head
    assert line.split()[:2] == ["12", "16"]
