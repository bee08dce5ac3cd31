"""The benchmark of the cache's start-up runs, small."""

import subprocess
import sys

from conftest import REPO


def test_it_measures_each_number_of_known_images() -> None:
    command = [sys.executable, str(REPO / "benchmarks/cache.py"), "--shard", "50"]
    done = subprocess.run(
        [*command, "--images", "100", "300"], capture_output=True, text=True, check=True
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["known", "100", "300"]
