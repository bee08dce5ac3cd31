"""benchmarks/lookup.py: run once, small."""

import os
import subprocess
import sys

from conftest import REPO, Workflow


def test_look_up_and_review_are_measured(demo: Workflow) -> None:
    photograph = demo.folder / "resources/demo/queries/known/portrait.jpg"
    command = [sys.executable, str(REPO / "benchmarks/lookup.py"), "--faces", "200"]
    done = subprocess.run(
        [*command, "--searches", "3", "--photograph", str(photograph)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(REPO / "scripts")},
    )
    assert done.returncode == 0, done.stderr
    for measured in ("first search", "two people at once", "the next face to review", "review: 2"):
        assert measured in done.stdout
