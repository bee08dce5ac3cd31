"""Killed at random moments, as when memory runs out: whole runs, and single jobs."""

import os
import random
import shutil
import time
from pathlib import Path

import pytest
from breaking import assert_same, finish, results, run_and_kill
from conftest import Workflow
from small_run import RUN, people_and_queries

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("VISAGE_KILLS", "2"))  # make test-all: 10, make test-faults: 50


@pytest.fixture(scope="module")
def timed(
    tmp_path_factory: pytest.TempPathFactory, photographs: Path
) -> tuple[dict[str, bytes], float]:
    """What an undisturbed run leaves, and how long it takes."""
    workflow = people_and_queries(tmp_path_factory.mktemp("timed"), photographs)
    start = time.monotonic()
    workflow.succeed(*RUN)
    return results(workflow), time.monotonic() - start


@pytest.mark.parametrize("number", range(KILLS))
def test_the_run_after_a_kill_gives_the_bytes_of_an_undisturbed_one(
    number: int,
    timed: tuple[dict[str, bytes], float],
    tmp_path: Path,
    photographs: Path,
) -> None:
    undisturbed, seconds = timed
    chance = random.Random(number)
    workflow = people_and_queries(tmp_path, photographs)
    # From the first second, before which Python itself starts, to the end.
    moment = chance.uniform(1.0, max(seconds, 2.0))
    hit = run_and_kill(workflow, moment, number % 2 == 0, chance)
    left = len(list((tmp_path / "results").rglob(".visage-*")))
    commands = finish(workflow)
    print(f"\nkill {number}: {moment:.1f} of {seconds:.1f} s, {hit=}, {left=}, {commands=}")
    assert_same(results(workflow), undisturbed)


def test_a_change_is_made_up_for_when_its_run_is_killed(
    demo_copy: Workflow, tmp_path: Path
) -> None:
    """Old results are all there: none of them may pass for new after the kill."""
    chance = random.Random(0)
    (demo_copy.folder / "config.yaml").write_text("{}\n")
    before = results(demo_copy).keys()
    source = demo_copy.folder / "resources/demo/queries/known/portrait.jpg"
    shutil.copy(source, source.parent / "again.jpg")
    other = tmp_path / "other"
    shutil.copytree(demo_copy.folder / "resources", other / "resources")
    (other / "config.yaml").write_text("{}\n")
    undisturbed = Workflow(other)
    undisturbed.succeed(*RUN)
    run_and_kill(demo_copy, chance.uniform(2.0, 6.0), True, chance)
    finish(demo_copy)
    wanted, left = results(undisturbed), results(demo_copy)
    for name in before - wanted.keys():  # asked for by the demo's run only
        left.pop(name, None)
    assert_same(left, wanted)
