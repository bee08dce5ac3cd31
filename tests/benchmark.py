"""A benchmark as the documentation tells people to run it, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPO
from visage.models.registry import load_registry


def run(name: str, *arguments: str | Path) -> str:
    """Run benchmarks/<name>.py with this clone's package, and give what it prints."""
    done = subprocess.run(
        [sys.executable, str(REPO / f"benchmarks/{name}.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(REPO / "scripts")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def need_weights(model: str = "sface-yunet") -> None:
    """Skip the test where the files of a model are not there."""
    files = load_registry(REPO / "config" / "models.yaml").model(model).files
    if not all((REPO / "weights" / file).exists() for file in files):
        pytest.skip("the weights are not here yet; the demo fetches them")
