"""What a run writes about itself, and that this is enough to repeat it."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPO, Workflow
from visage.errors import VisageError
from visage.workflow.provenance import commit_of, date, times

# Where root on Linux can take the network away.
OFFLINE = (
    ["unshare", "-n", "--"]
    if sys.platform == "linux"
    and os.geteuid() == 0
    and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0
    else []
)


def without_a_network(workflow: Workflow, *arguments: str) -> None:
    done = subprocess.run(
        [*OFFLINE, *workflow.command(*arguments)],
        cwd=workflow.folder,
        env=workflow.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_run_is_repeated_from_its_record_in_another_folder_without_a_network(
    demo: Workflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list((REPO / "weights").glob("*.onnx")), "the demo has fetched them"
    record = json.loads((demo.folder / "results/provenance.json").read_text())
    shutil.copytree(demo.folder / "resources", tmp_path / "resources")
    (tmp_path / "again.json").write_text(json.dumps(record["config"]))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    again = Workflow(tmp_path)
    without_a_network(again, "results/scores.tsv", "--configfile", "again.json")
    for file in ("gallery/face.db", "gallery/face.json"):
        one, other = (w.folder / "results" / file for w in (demo, again))
        assert one.read_bytes() == other.read_bytes(), file
    for name, sha256 in record["results"].items():
        data = (tmp_path / "results" / name).read_bytes()
        assert data == (demo.folder / "results" / name).read_bytes(), name
        assert hashlib.sha256(data).hexdigest() == sha256
    repeated = json.loads((tmp_path / "results/provenance.json").read_text())
    for key in ("config", "model", "images", "results", "environments", "packages"):
        assert repeated[key] == record[key], key
    # Asked for, nothing in it varies from run to run.
    assert (repeated["written"], repeated["times"]) == ("2001-09-09T01:46:40+00:00", {})
    first = (tmp_path / "results/provenance.json").read_bytes()
    again.succeed("results/scores.tsv", "--forcerun", "score_matches", "--configfile", "again.json")
    assert (tmp_path / "results/provenance.json").read_bytes() == first
    if not OFFLINE:
        pytest.skip("the bytes are the same, but only root on Linux can take the network away")


def test_the_record_is_true(demo: Workflow) -> None:
    record = json.loads((demo.folder / "results/provenance.json").read_text())
    for weights in record["model"]["weights"]:
        data = (REPO / "weights" / weights["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == weights["sha256"] == weights["expected"]
        assert weights["sources"]
        assert weights["licence"]
    for name in ("gallery", "queries"):
        files = [p for p in (demo.folder / "resources/demo" / name).rglob("*") if p.is_file()]
        assert record["images"][name]["images"] == len(files)
        assert sum(record["images"][name]["status"].values()) == len(files)
    assert record["packages"]["numpy"]
    assert record["times"]["embed_shard"]["jobs"] == 2 * record["config"]["shards"]
    assert record["times"]["embed_shard"]["seconds"] > 0
    # Of all that ran, the record has what came before it.
    ran = {path.name.removesuffix(".tsv") for path in demo.folder.glob("results/benchmarks/*")}
    beside = {"audit_gallery", "cluster_unknown", "tabulate_faces", "build_report"}
    assert set(record["times"]) == ran - {"score_matches", *beside}
    assert record["machine"]["cores"] >= 1
    assert {"person", "image"}.isdisjoint(record["config"])
    commit = record["workflow"]["commit"]
    assert commit is None or len(commit) == 40


def test_its_command_repeats_the_run_from_where_it_was_given(demo_copy: Workflow) -> None:
    above = Workflow(demo_copy.folder.parent)
    asked = ("results/scores.tsv", "--directory", "copy", "--forcerun", "score_matches")
    above.succeed(*asked, "--config", "match={fpir: 0.02}")
    record = json.loads((demo_copy.folder / "results/provenance.json").read_text())
    program, *words = shlex.split(record["workflow"]["command"])
    assert program == "snakemake"
    assert {"--snakefile", "--directory"} <= set(words)
    assert "Nothing to be done" in above.succeed("results/scores.tsv", "--dry-run", *words)


def test_the_commit_is_known_whoever_owns_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> str:
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        command = ["git", *who, "-C", str(tmp_path), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert commit_of(tmp_path) == {"commit": None, "changed": None}
    git("init", "--quiet")
    for name in (".gitattributes", ".git_archival.txt"):
        shutil.copy(REPO / name, tmp_path)
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    commit = git("rev-parse", "HEAD")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(subprocess.CalledProcessError):
        git("status")
    assert commit_of(tmp_path) == {"commit": commit, "changed": False}
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    # An archive of the commit carries its name.
    git("archive", "--format", "zip", "--output", "archive.zip", "HEAD")
    shutil.unpack_archive(tmp_path / "archive.zip", tmp_path / "unpacked")
    assert commit_of(tmp_path / "unpacked") == {"commit": commit, "changed": None}


def test_times_bear_with_what_could_not_be_measured(tmp_path: Path) -> None:
    folder = tmp_path / "embed_shard"
    folder.mkdir()
    (folder / "a.tsv").write_text("s\th:m:s\tmax_rss\n1.5\t0:00:01\t-\n")
    (folder / "b.tsv").write_text("s\th:m:s\tmax_rss\n2.25\t0:00:02\t100.5\n")
    (tmp_path / "build_index.tsv").write_text("s\tmax_rss\nNA\tNA\n")
    (tmp_path / "build_report.tsv").write_text("s\tmax_rss\n9\t9\n")  # of an earlier run
    assert times(tmp_path, {"build_index", "embed_shard", "match_shard"}) == {
        "build_index": {"jobs": 1, "seconds": 0.0, "largest_memory_mb": 0.0},
        "embed_shard": {"jobs": 2, "seconds": 3.75, "largest_memory_mb": 100.5},
    }


def test_a_date_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(VisageError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        date()


@pytest.mark.parametrize("target", ["all", "forget", "delete_results"])
def test_a_config_with_braces_reaches_every_rule(target: str, tmp_path: Path) -> None:
    """Snakemake takes braces in parameters for wildcards, unless told otherwise."""
    links = "links=https://people.example/{id}"
    said = Workflow(tmp_path).succeed("--dry-run", target, "--config", links)
    assert ("score_matches" if target == "all" else target) in said
