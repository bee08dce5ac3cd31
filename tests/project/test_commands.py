"""Every command that README and docs tell people to run is known to what would run it.

Options, config keys and targets are checked by the real parsers. The README's commands for the demo
run here, the others in the tests of what they are about: tests/project/test_tutorials.py,
tests/workflow, tests/app.
"""

import re
import shlex
from pathlib import Path

import pytest
import typer
from conftest import REPO, Workflow
from reader import Reader
from snakemake.cli import get_argument_parser, parse_config
from visage.cli import app
from visage.config import load
from visage.resources import rule_names

PAGES = sorted([REPO / "README.md", *REPO.glob("docs/*.md")])
# Programs that are not ours, and why no test runs these lines.
ELSEWHERE = {
    "pip": "needs a package registry; tests/project/test_install.py installs this package",
    "docker": "needs an engine; tests/project/test_container.py runs what the image holds",
    "apptainer": "needs apptainer, and the image of docker",
    "snakedeploy": "a program of its own; tests/workflow/test_deploy.py runs what it writes",
    "curl": "needs a server; tests/app/clients asks the same",
    "rsync": "needs another machine",
    "rclone": "needs an object store",
    "sshfs": "needs another machine",
}
MODULE = "visage"  # what docs/modules.md calls it
SHELL = {"cd", "cp", "mv", "mkdir", "rm", "export", "chmod", "touch", "ls", "find", "ln", "git"}
RULES = {*rule_names(), "all"}  # which the Snakefile has itself
OUTPUTS = "\n".join(path.read_text() for path in REPO.glob("rules/*.smk"))


BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    """Give the commands of each page, in its blocks and within its sentences."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for language, block in BLOCK.findall(text):
            if language in ("", "sh", "bash"):
                lines = block.replace("\\\n", " ").splitlines()
                found += [(page.name, line.strip()) for line in lines if is_command(line)]
        spans = re.findall(r"`([^`]+)`", BLOCK.sub("", text))
        lines = [" ".join(span.split()) for span in spans]
        found += [(page.name, line) for line in lines if " " in line and is_command(line)]
    return found


def is_command(line: str) -> bool:
    """Tell a command from a listing of folders or what a program prints."""
    words = line.split("#")[0].split()
    while words and "=" in words[0] and words[0].partition("=")[0].isupper():
        words = words[1:]
    return bool(words) and Path(words[0]).name in {
        *("snakemake", "visage", "make", "python", *SHELL, *ELSEWHERE)
    }


def words_of(line: str) -> list[str]:
    words = shlex.split(line, comments=True)
    while "=" in words[0] and words[0].partition("=")[0].isupper():
        words = words[1:]
    return words


def check_snakemake(words: list[str]) -> None:
    whole = "…" not in words
    told = get_argument_parser().parse_args([word for word in words if word != "…"])
    planning = told.dryrun or told.report or told.unlock or told.workflow_profile
    assert told.cores or planning or not whole, "Snakemake runs nothing without --cores"
    config = parse_config(told.config)
    image = load(config.get(MODULE, config), told.config).image
    assert image is None or Path("resources/demo", image).is_file()
    for file in told.configfile or ():
        assert (REPO / file).is_file() or Path(file).name == "my.yaml", file
    for target in told.targets or ():
        below = target.partition("/")[2]
        rule = target.removeprefix(f"{MODULE}_")
        assert rule in RULES or f'"{{RESULTS}}/{below}"' in OUTPUTS or "{image}" in below, target
    if told.workflow_profile:
        assert (REPO / told.workflow_profile / "config.yaml").is_file()


def check_visage(words: list[str]) -> None:
    group = typer.main.get_command(app)
    name, *rest = words
    context = group.make_context("visage", [name])
    command = group.get_command(context, name)  # type: ignore[attr-defined]
    assert command, name
    if rest not in ([], ["--help"]):  # else it is only spoken of
        command.make_context(name, rest)


def check_make(words: list[str]) -> None:
    targets = {word for word in words if "=" not in word}
    known = set(re.findall(r"^([\w-]+):", (REPO / "Makefile").read_text(), re.M))
    assert targets <= known, targets - known


def check_python(words: list[str]) -> None:
    if words[0].startswith("-"):
        return
    script = REPO / words[0]
    source = script.read_text()
    # A benchmark may have its options from one beside it.
    beside = [script.with_name(f"{name}.py") for name in re.findall(r"^from (\w+) ", source, re.M)]
    source += "".join(path.read_text() for path in beside if path.exists())
    for word in words[1:]:
        assert not word.startswith("--") or f'"{word}"' in source, word


CHECKS = {
    "snakemake": check_snakemake,
    "visage": check_visage,
    "make": check_make,
    "python": check_python,
}


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_of_the_docs_is_known(
    page: str,  # noqa: ARG001 - for the name of the test
    line: str,
    tmp_path: Path,
    photographs: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # with what a reader has by then
    Path("resources").mkdir()
    Path("resources/demo").symlink_to(photographs)
    Path("results/queries/matches/known").mkdir(parents=True)
    for part in re.split(r"\s(?:&&|\||;|>)\s", line):
        program, *words = words_of(part)
        check = CHECKS.get(Path(program).name)
        if check:
            check(words)


def test_what_the_readme_says_of_its_demo(demo_copy: Workflow) -> None:
    reader = Reader(demo_copy.folder)
    lines = [line for page, line in commands() if page == "README.md" and "my/" not in line]
    ours = [line for line in lines if line.startswith(("snakemake", "visage"))]
    printed = {" ".join(line.split()[:2]): reader.run(line) for line in ours}
    assert set(printed) >= {f"visage {name}" for name in ("identify", "embed", "models", "score")}
    assert "Barack Obama" in printed["visage identify"]
    assert "Barack Obama" in printed["visage score"]
    made = ("evaluation.html", "share.html", "crate/ro-crate-metadata.json")
    assert all((demo_copy.folder / "results" / name).is_file() for name in made)


def test_there_are_commands() -> None:
    found = commands()
    assert {page for page, _ in found} >= {"README.md", "tutorial.md", "privacy.md", "clusters.md"}
    assert len(found) > 50
