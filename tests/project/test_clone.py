"""A clone as it is, run by somebody else's Snakemake: its package is not installed, or another."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import REPO, project_copy
from uninstalled import snakemake
from visage.store.tables import read_table


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Path:
    folder = tmp_path_factory.mktemp("clones") / "clone"
    project_copy(folder)
    shutil.copytree(photographs, folder / "resources" / "demo")
    return folder


@pytest.mark.parametrize(
    "name",
    [
        *("my.yaml", "my/people/ann/a.jpg", "config/my.yaml", "config/deny.tsv", "names.json"),
        *("labels.tsv", ".labels.tsv.lock", "people.tsv", "archive.zip", "resources/names.json"),
        *("results/scores.tsv", "results-2/scores.tsv", "weights/facenet512_weights.h5"),
    ],
)
def test_what_is_peoples_own_stays_out_of_a_commit(name: str) -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", name], cwd=REPO).returncode == 0


@pytest.mark.parametrize("profile", ["default", "slurm"])
def test_its_profiles_want_no_logger_that_is_not_there(clone: Path, profile: str) -> None:
    printed = snakemake(clone, "--dry-run", "--workflow-profile", f"profiles/{profile}")
    assert "embed_shard" in printed


def test_its_jobs_take_its_own_package(clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "visage"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError('another version')\n")
    table = "results/queries/tables/0.parquet"
    path = os.pathsep.join([str(other.parent), "/nowhere"])
    snakemake(clone, table, "--config", "shards=1", PYTHONPATH=path)
    assert read_table(clone / table).num_rows


def test_the_list_of_rules_reads_well(clone: Path) -> None:
    lines = snakemake(clone, "--quiet", "all", "--list").splitlines()
    rules = [line for line in lines if " (" in line]
    assert len(rules) == len([line for line in lines if not line.startswith("Using")]) > 20
    assert all(line.endswith(".)") and len(line) <= 88 for line in rules), rules
