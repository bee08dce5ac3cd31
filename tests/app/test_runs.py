"""The workflow run from the page: what is started, what is told of it, how it ends."""

import time
from pathlib import Path

import pytest
import yaml
from made_up_site import client
from visage.app import runs as module
from visage.app.problem import Problem
from visage.app.runs import Runs
from visage.config import load

# In place of Snakemake: keeps its arguments and its config, waits to be told how to end.
PROGRAM = """#!/bin/sh
echo "$@" >> {folder}/arguments
for last; do :; done
cp "$last" {folder}/config.yaml
echo; echo "3 of 4 steps (75%) done"; echo "a line of the run"
while [ ! -e {folder}/end ]; do sleep 0.02; done
exit $(cat {folder}/end)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "python"
    program.write_text(PROGRAM.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setattr(module.sys, "executable", str(program))
    return tmp_path


def ended(runs: Runs) -> dict:
    for _ in range(1000):
        if not runs.state()["running"]:
            return runs.state()
        time.sleep(0.02)
    raise AssertionError("it does not end")


def steps(runs: Runs) -> tuple[int, int]:
    for _ in range(1000):
        if runs.state()["total"]:
            break
        time.sleep(0.02)
    return runs.state()["done"], runs.state()["total"]


def arguments(folder: Path) -> list[list[str]]:
    return [line.split() for line in (folder / "arguments").read_text().splitlines()]


def test_one_run_at_a_time_with_its_progress(folder: Path) -> None:
    runs = Runs(load({"queries": "mine", "shards": 7}), cores=3)
    assert runs.state() == {
        **{"running": False, "failed": False, "ended": False},
        **{"done": 0, "total": 0, "last": []},
    }
    runs.start()
    assert steps(runs) == (3, 4)
    with pytest.raises(Problem, match="running already"):
        runs.start()
    (folder / "end").write_text("0")
    assert ended(runs) | {"done": 0, "total": 0} == {
        **{"running": False, "failed": False, "ended": True},
        **{"done": 0, "total": 0, "last": []},
    }
    (command,) = arguments(folder)
    assert command[:2] == ["-m", "snakemake"] and command[-2] == "--configfile"
    assert command[command.index("--cores") + 1] == "3"
    assert yaml.safe_load((folder / "config.yaml").read_text())["shards"] == 7  # the page's own
    assert not Path(command[-1]).exists()


def test_a_run_that_failed_says_its_last_lines(folder: Path) -> None:
    (folder / "end").write_text("1")
    runs = Runs(load({}))
    runs.start("fetch_gallery")
    state = ended(runs)
    assert state["failed"] and state["last"] == ["3 of 4 steps (75%) done", "a line of the run"]
    assert [command[-3] for command in arguments(folder)] == ["fetch_gallery"]  # and nothing after
    (folder / "end").write_text("0")
    runs.start("fetch_gallery")
    assert not ended(runs)["failed"]
    assert [command[-3] == "fetch_gallery" for command in arguments(folder)] == [True, True, False]


def test_the_run_ends_with_the_page(folder: Path) -> None:
    runs = Runs(load({}))
    runs.start("fetch_gallery")
    steps(runs)
    runs.stop()
    assert ended(runs)["failed"]
    assert len(arguments(folder)) == 1
    runs.stop()  # there is nothing to end any more


def test_without_the_workflow_nothing_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SNAKEFILE", folder / "Snakefile")
    with pytest.raises(Problem, match="not here"):
        Runs(load({})).start()


@pytest.mark.parametrize("of_stash", [False, True])
def test_stash_asks_for_the_gallery_to_be_new(folder: Path, of_stash: bool) -> None:
    gallery = folder / ("stash" if of_stash else "gallery")
    stash = {"endpoint": "http://localhost:9999/graphql", "gallery": str(folder / "stash")}
    page = client(folder, config={"gallery": str(gallery), "stash": stash})
    first = page.post("/api/stash/sync")
    assert first.status_code == 200 and set(first.json()) == {"event_id"}
    second = page.post("/api/stash/sync")
    assert second.status_code == 409 and "running already" in second.json()["detail"]
    (folder / "end").write_text("0")
    for _ in range(1000):
        if not page.get("/run").json()["running"]:
            break
        time.sleep(0.02)
    fetched = ["fetch_gallery" in command for command in arguments(folder)]
    assert fetched == ([True, False] if of_stash else [False])
