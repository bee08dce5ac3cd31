"""The workflow as snakedeploy deploys it: out of a git repository, with nothing of it installed."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import REPO, Workflow, project_copy
from uninstalled import snakemake
from visage.store.tables import read_table

# snakedeploy deploy-workflow https://github.com/owner/visage-ml . --branch main
# as version 0.17.1 writes it.
SNAKEFILE = """
from snakemake.utils import min_version


min_version("6.10.0")


configfile: "config/config.yaml"


# declare https://github.com/owner/visage-ml as a module
module visage_ml:
    snakefile:
        github("owner/visage-ml", path="workflow/Snakefile", branch="main")
    config:
        config


# use all rules from https://github.com/owner/visage-ml
use rule * from visage_ml
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    command = ["git", *who, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def hosting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for the hosting site: owner/visage-ml.git, of this working tree."""
    folder = tmp_path_factory.mktemp("hosting")
    project = folder / "project"
    project_copy(project, weights=False)
    git(folder, "init", "--quiet", "--initial-branch", "main", str(project))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "as it is")
    git(folder, "clone", "--quiet", "--bare", str(project), "owner/visage-ml.git")
    return folder


def test_what_snakedeploy_writes_runs(hosting: Path, tmp_path: Path, photographs: Path) -> None:
    for part in ("config", "profiles"):  # as snakedeploy copies them
        shutil.copytree(REPO / part, tmp_path / part)
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/Snakefile").write_text(SNAKEFILE)
    config = tmp_path / "config" / "config.yaml"
    mine = {
        "gallery": "people",
        "queries": "party",
        "names": None,
        "weights": str(REPO / "weights"),
    }
    config.write_text(yaml.safe_dump(yaml.safe_load(config.read_text()) | mine | {"shards": 1}))
    shutil.copytree(photographs / "gallery/grace-hopper", tmp_path / "people/grace-hopper")
    shutil.copytree(photographs / "queries/known", tmp_path / "party")
    table = "results/gallery/tables/0.parquet"
    environment = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{hosting}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    snakemake(tmp_path, table, **environment)
    assert read_table(tmp_path / table).num_rows == 1
    commit = git(hosting / "project", "rev-parse", "HEAD")
    assert [path.name for path in tmp_path.glob(".snakemake/visage-ml/*")] == [commit]


def test_the_catalogue_finds_what_it_asks_for() -> None:
    entry = yaml.safe_load((REPO / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert entry["software-stack-deployment"] == {"conda": True, "apptainer": False}
    for needed in ("config/config.yaml", "config/README.md", "workflow/Snakefile", "LICENSE"):
        assert (REPO / needed).is_file()
    words = (REPO / "README.md").read_text().lower()
    assert "snakemake" in words and "workflow" in words


def test_the_smallest_run_of_the_repository(tmp_path: Path, photographs: Path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "demo").symlink_to(photographs)
    smallest = ("--configfile", str(REPO / ".test/config/config.yaml"))
    workflow = Workflow(tmp_path, REPO / "workflow" / "Snakefile")
    workflow.succeed("results/scores.tsv", *smallest)
    assert "barack-obama" in set(workflow.scores().query("Verdict == 'match'")["ID"])
    assert len(list(tmp_path.glob("results/*/tables/*.parquet"))) == 2
