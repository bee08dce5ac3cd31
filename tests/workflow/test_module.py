"""The workflow as a module of another one: twice, each with its own config and results."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import REPO, Workflow

NOTHING = "Nothing to be done"

SNAKEFILE = f"""
configfile: "config.yaml"

rule all:
    input:
        "staff/results/scores.tsv",
        "guests/results/scores.tsv",
        "who.txt",

rule collect_gallery:
    input: "incoming"
    output: directory("made/gallery")
    shell: "mkdir -p {{output}} && cp -r {{input}}/* {{output}}"

module staff:
    snakefile: "{REPO}/Snakefile"
    config: config["staff"]
    prefix: "staff"

use rule * from staff as staff_*

module guests:
    snakefile: "{REPO}/Snakefile"
    config: config["guests"]
    prefix: "guests"

use rule * from guests as guests_*

rule who:
    input: "staff/results/scores.tsv"
    output: "who.txt"
    shell: "cut -f 5 {{input}} > {{output}}"
"""

CONFIG = """
staff: {gallery: made/gallery, queries: party, names: null, shards: 1}
guests: {gallery: incoming, queries: party, names: null, shards: 2, match: {threshold: 0.9}}
"""


@pytest.fixture(scope="module")
def outer(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Workflow:
    """Another workflow, run once: a rule of it makes one of the two galleries."""
    folder = tmp_path_factory.mktemp("outer")
    shutil.copytree(photographs / "gallery", folder / "incoming")
    (folder / "party").mkdir()
    shutil.copy(photographs / "queries/known/portrait.jpg", folder / "party")
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "config.yaml").write_text(CONFIG)
    workflow = Workflow(folder, folder / "Snakefile")
    workflow.succeed()
    return workflow


def scores(outer: Workflow, name: str) -> pd.DataFrame:
    return pd.read_csv(outer.folder / name / "results/scores.tsv", sep="\t", dtype={"ID": str})


def test_each_import_has_its_own_config_and_results(outer: Workflow) -> None:
    for name in ("staff", "guests"):
        assert list(scores(outer, name).query("Verdict == 'match'")["ID"]) == ["barack-obama"]
    made = {path.parts[-5] for path in outer.folder.rglob("tables/*.parquet") if path.stem == "1"}
    assert made == {"guests"}, "only these have two shards"
    assert "barack-obama" in (outer.folder / "who.txt").read_text()
    assert not (outer.folder / "results").exists()
    assert NOTHING in outer.succeed()


def test_what_another_rule_makes_anew_is_embedded_anew(outer: Workflow) -> None:
    planned = outer.succeed("--dry-run", "--forcerun", "collect_gallery")
    assert "staff_list_images" in planned and "staff_embed_shard" in planned
    assert "guests_embed_shard" not in planned


def test_the_rules_of_one_import_forget_and_delete_there_only(outer: Workflow) -> None:
    staff, guests = outer.folder / "staff/results", outer.folder / "guests/results"
    (staff / "of-the-outer-workflow.txt").write_text("kept")
    before = (guests / "scores.tsv").read_bytes()
    outer.succeed("staff_forget", "--config", "staff={person: barack-obama}")
    assert set(scores(outer, "staff")["ID"]) == {"eileen-collins", "grace-hopper"}
    assert (guests / "scores.tsv").read_bytes() == before
    assert (outer.folder / "made/gallery/barack-obama").is_dir(), "photographs are the user's"
    outer.succeed("staff_delete_results")
    left = {str(path.relative_to(staff)) for path in staff.rglob("*") if path.is_file()}
    reports = {path for path in left if path.startswith("forgotten/")}
    assert left - reports == {"logs/delete_results.log", "of-the-outer-workflow.txt"}
    assert (guests / "scores.tsv").read_bytes() == before


def test_the_example_of_the_docs_makes_what_it_says(tmp_path: Path, photographs: Path) -> None:
    page = (REPO / "docs/modules.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (config,) = re.findall(r"# (visage: \{.*\})", example)
    (tmp_path / "config.yaml").write_text(config)
    snakefile = tmp_path / "Snakefile"
    snakefile.write_text(example.replace("path/to/visage-ml/Snakefile", f"{REPO}/Snakefile"))
    shutil.copytree(photographs / "gallery", tmp_path / "people")
    shutil.copytree(photographs / "queries/known", tmp_path / "photographs")
    planned = Workflow(tmp_path, snakefile).succeed("--dry-run", "who")
    assert "visage_embed_shard" in planned
    assert re.search(r"rule who:\n +input: visage/results/scores.tsv\n +output: who.txt", planned)
