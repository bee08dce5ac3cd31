"""What the tests of faults share: results as bytes, runs that are killed."""

import os
import random
import signal
import subprocess
import time

import psutil
from conftest import Workflow
from small_run import CONFIG, RUN

LOCKED = "Directory cannot be locked"
# What a run leaves besides its results: times, and what anyone may delete.
_NOT_RESULTS = ("cache", "logs", "benchmarks")
_TIMED = (
    *("report.html", "index.html", "provenance.json", "run.json"),
    *(".running", ".running-process", ".snakemake_timestamp"),
)


def results(workflow: Workflow) -> dict[str, bytes]:
    """Give every result of a run, side files too, by its path below results/."""
    folder = workflow.folder / "results"
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in _NOT_RESULTS and path.name not in _TIMED:
            found[inside.as_posix()] = path.read_bytes()
    return found


def assert_same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    """Compare what two runs left, naming what differs instead of printing its bytes."""
    names = one.keys() | other.keys()
    differing = sorted(name for name in names if one.get(name) != other.get(name))
    assert not differing, differing


def run_and_kill(workflow: Workflow, seconds: float, whole: bool, chance: random.Random) -> bool:
    """Start a run and kill it, or one of its jobs, after some time; tell whether it was hit."""
    run = workflow.start(*RUN, new_session=True)
    try:
        run.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        if whole:
            os.killpg(run.pid, signal.SIGKILL)
        elif not _kill_a_job(run.pid, chance):
            run.wait()
            return False
    run.wait()
    return True


def _kill_a_job(pid: int, chance: random.Random) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            jobs = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return False
        if jobs:
            try:
                chance.choice(jobs).kill()
            except psutil.NoSuchProcess:
                continue
            return True
        time.sleep(0.02)
    return False


def finish(workflow: Workflow) -> int:
    """Run to the end as a user would, doing what is printed; give the number of commands."""
    done = workflow.run(*RUN)
    if done.returncode and LOCKED in done.stdout:
        assert "--unlock" in done.stdout  # the message says what to do
        workflow.succeed("--unlock", *CONFIG)
        workflow.succeed(*RUN)
        return 3
    assert done.returncode == 0, done.stdout
    return 1
