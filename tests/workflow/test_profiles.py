"""The profiles: read by Snakemake, explained line by line, in step with the rules."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import REPO, Workflow

SLURM = REPO / "profiles" / "slurm" / "config.yaml"
RULES = "\n".join(path.read_text() for path in (REPO / "rules").glob("*.smk"))


def rule(name: str) -> str:
    """Give the text of a rule."""
    found = re.search(rf"^ *rule {name}:\n(.*?)(?=^ *rule |\Z)", RULES, re.DOTALL | re.MULTILINE)
    assert found, f"there is no rule {name}"
    return found[1]


def test_every_line_of_the_slurm_profile_is_explained() -> None:
    for line in SLURM.read_text().splitlines():
        section = re.fullmatch(r"(default|set)-(resources|threads):|  \w+:", line)
        assert not line.strip() or section or re.search("# *[A-Za-z]", line), line


def test_the_slurm_profile_asks_for_what_the_rules_say() -> None:
    profile = yaml.safe_load(SLURM.read_text())
    for name, resources in profile["set-resources"].items():
        for key, value in resources.items():
            said = re.search(rf"{key}=(.+),\n", rule(name))
            assert said, f"{name} does not say its {key}"
            # The same at the first attempt, and more at each that follows.
            amount = said[1].replace("PLAN.embed_threads", "threads")
            amount = amount if amount.isdigit() else f"({amount})"
            assert value == f"{amount} * attempt", f"{name}: {key}"
    for name in (*profile["set-threads"], *profile["groups"]):
        assert rule(name)


@pytest.mark.parametrize("name", ["default", "slurm"])
def test_snakemake_takes_the_profile(name: str, tmp_path: Path, photographs: Path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "demo").symlink_to(photographs)
    folder = REPO / "profiles" / name
    arguments = ("--dry-run", "--workflow-profile", str(folder))
    printed = Workflow(tmp_path).succeed(*arguments, cores=8, VISAGE_TEST_WITHOUT="")
    assert re.search(r"embed_shard\s+8", printed)
    if name == "slurm":
        assert re.search(r"rule embed_shard:.*?threads: 4\n", printed, re.DOTALL)
        assert "runtime=240" in printed
