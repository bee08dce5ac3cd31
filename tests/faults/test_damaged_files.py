"""Photographs and clocks that misbehave, and two runs at once."""

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
from breaking import assert_same, results
from conftest import REPO, Workflow, project_copy
from small_run import RUN, people_and_queries
from test_embed import SETTINGS, Counting, picture
from visage.embed.analysis import Analysis
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Reader, Task
from visage.models.registry import load_registry
from visage.sets.listing import list_entries


def images_table(workflow: Workflow) -> pd.DataFrame:
    path = workflow.folder / "results/images.tsv"
    return pd.read_csv(path, sep="\t", keep_default_na=False).set_index("image")


@pytest.mark.long
def test_long_names_links_in_circles_and_odd_clocks(tmp_path: Path, photographs: Path) -> None:
    workflow = people_and_queries(tmp_path, photographs)
    queries = tmp_path / "queries"
    (portrait,) = (queries / "known").iterdir()
    longest = "é" * 125 + "x.jpg"  # 255 bytes: no room for .vector or .json
    assert len(longest.encode()) == 255
    shutil.copy(portrait, queries / longest)
    (queries / "known" / "circle").symlink_to(queries)
    (queries / "circle").symlink_to(queries / "circle")
    (queries / "there.jpg").symlink_to(queries / "back.jpg")
    (queries / "back.jpg").symlink_to(queries / "there.jpg")
    strange = queries / "line\nbreak\t{}'\".jpg"
    shutil.copy(portrait, strange)
    day = 24 * 3600
    for path, when in ((strange, time.time() + 9 * 365 * day), (portrait, -day)):
        os.utime(path, (when, when))
    workflow.succeed(*RUN)
    images = images_table(workflow)
    assert images.loc[longest, "status"] == "ok"
    assert images.loc[strange.name, "status"] == "ok"
    assert set(images.loc[["there.jpg", "back.jpg"], "status"]) == {"unreadable"}
    # A folder within itself is listed once; a link to itself is none and leads nowhere.
    assert list(images.index[images.index.str.contains("circle")]) == ["circle"]
    assert images.loc["circle", "status"] == "unreadable"
    assert "cannot be written" in workflow.log("embed_shard")
    assert "Nothing to be done" in workflow.succeed(*RUN)

    # The clock is set back, then a photograph replaced: older than the table made from it.
    shutil.copyfile(photographs / "gallery/eileen-collins/astronaut.png", portrait)
    os.utime(portrait, (day, day))
    workflow.embedded()
    workflow.succeed(*RUN)
    assert workflow.embedded() == 1
    # And back to the time the old one had, which tells nothing if the size differs.
    scores = (tmp_path / "results/scores.tsv").read_bytes()
    os.utime(portrait, (-day, -day))
    workflow.succeed(*RUN)
    assert workflow.embedded() == 0
    assert (tmp_path / "results/scores.tsv").read_bytes() == scores


def test_a_file_that_grows_after_the_listing(tmp_path: Path) -> None:
    """The bytes that are read decide, and nothing is remembered under the size of the old ones."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "grows.png").write_bytes(picture(1))
    os.utime(folder / "grows.png", (1e9, 1e9))
    (entry,) = list_entries(folder, False)
    grown = picture(2) + bytes(1000)
    (folder / "grows.png").write_bytes(grown)
    os.utime(folder / "grows.png", (1e9, 1e9))  # with the old time
    cache, hashes = Cache(tmp_path / "cache"), Hashes(tmp_path / "hashes.parquet")
    model = Counting().model
    embedder = Embedder(Reader(folder, hashes), SETTINGS, model, cache, 1)
    ((_, result),) = embedder.run([Task(entry, None)])
    assert isinstance(result, Analysis)
    assert result.sha256 == hashlib.sha256(grown).hexdigest()
    assert len(result.faces) == 2
    hashes.save()
    again = Hashes(tmp_path / "hashes.parquet")
    assert again.find("grows.png", entry.stat) is None
    (now,) = list_entries(folder, False)
    assert again.find("grows.png", now.stat) == result.sha256


def test_weights_of_any_age_do(tmp_path: Path, photographs: Path) -> None:
    """Copied or unpacked, a file may be older than the one it was made from.

    A job that made it again would keep Snakemake from running the rest, with exit status 0.
    """
    snakefile = project_copy(tmp_path / "project")
    for age, path in enumerate(sorted((tmp_path / "project/weights").glob("*.onnx"))):
        os.utime(path, (1e9 - age, 1e9 - age))
    os.utime(tmp_path / "project/weights/face_recognition_sface_2021dec_int8bq.onnx")
    (tmp_path / "data").mkdir()
    made = people_and_queries(tmp_path / "data", photographs)
    workflow = Workflow(made.folder, snakefile)
    planned = workflow.succeed("--dry-run", *RUN)
    assert "score_matches" in planned and "fetch_weights" not in planned


def flip_a_bit(path: Path) -> None:
    """Change a file in its middle; its size and its times stay."""
    times, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x04
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.long
def test_weights_that_change_on_disk(finished: Workflow, tmp_path: Path, photographs: Path) -> None:
    """Between two runs and during one: never used, and the message leads to the right results."""
    snakefile = project_copy(tmp_path / "project")
    data = tmp_path / "data"
    shutil.copytree(finished.folder, data, symlinks=True)
    workflow = Workflow(data, snakefile)
    shutil.copy2(photographs / "gallery/eileen-collins/astronaut.png", finished.folder / "queries")
    finished.succeed(*RUN)
    wanted = results(finished)
    registry = load_registry(REPO / "config/models.yaml")
    files = registry.model("sface-yunet").files
    name = max(file for file in files if registry.file(file).derived_from)
    weights = tmp_path / "project/weights" / name
    workflow.succeed(*RUN)  # with weights of its own; the embeddings are known
    sound = results(workflow)

    flip_a_bit(weights)  # between two runs
    assert "Nothing to be done" in workflow.succeed(*RUN)
    assert_same(results(workflow), sound)
    shutil.copy2(photographs / "gallery/eileen-collins/astronaut.png", data / "queries")
    printed = workflow.fail(*RUN)
    assert f"{name} has the wrong SHA-256" in printed
    assert "Delete it and run the workflow again" in printed
    weights.unlink()
    workflow.succeed(*RUN)
    assert_same(results(workflow), wanted)

    shutil.rmtree(data / "results")  # while a run is on its way to the first embed job
    run = subprocess.Popen(
        workflow.command(*RUN),
        cwd=data,
        env=workflow.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not (data / "results/queries/manifests/0.jsonl").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        flip_a_bit(weights)
        printed, _ = run.communicate(timeout=300)
    finally:
        run.kill()
        run.wait()
    assert run.returncode != 0
    assert f"{name} has the wrong SHA-256" in printed
    weights.unlink()
    workflow.succeed(*RUN)
    assert_same(results(workflow), wanted)


@pytest.mark.long
def test_results_from_the_future(finished: Workflow, tmp_path: Path, photographs: Path) -> None:
    """The clock was ahead and is set back: everything that is there is newer than any change."""
    workflow = finished
    (workflow.folder / "names.json").write_text('{"grace-hopper": "Grace Hopper"}')
    named = (*RUN, "--config", "names=names.json")
    workflow.succeed(*named)
    later = time.time() + 300 * 24 * 3600
    for path in (workflow.folder / "results").rglob("*"):
        os.utime(path, (later, later))
    (portrait,) = (workflow.folder / "queries/known").iterdir()
    shutil.copyfile(photographs / "gallery/eileen-collins/astronaut.png", portrait)
    (workflow.folder / "names.json").write_text('{"grace-hopper": "Admiral Hopper"}')
    workflow.embedded()
    workflow.succeed(*named)
    assert workflow.embedded() == 1
    assert "Nothing to be done" in workflow.succeed(*named)

    fresh = people_and_queries(tmp_path / "fresh", photographs)
    shutil.copy2(portrait, fresh.folder / portrait.relative_to(workflow.folder))
    (fresh.folder / "names.json").write_text('{"grace-hopper": "Admiral Hopper"}')
    fresh.succeed(*named)
    assert_same(results(workflow), results(fresh))


def test_two_runs_at_once(calm: Workflow, tmp_path: Path, photographs: Path) -> None:
    workflow = people_and_queries(tmp_path / "both", photographs)
    first = workflow.start(*RUN)
    try:
        running = workflow.folder / "results/queries/manifests/0.jsonl"
        deadline = time.monotonic() + 120
        while not running.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        # With other shards it would otherwise change the listing under the first one's hands.
        printed = workflow.fail(*RUN, "--config", "shards=2")
        assert "Another run is at work" in printed
        assert f"process {first.pid}" in printed
        assert first.wait() == 0
    finally:
        first.kill()
        first.wait()
    assert_same(results(workflow), results(calm))
