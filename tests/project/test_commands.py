"""Every command that README and docs tell people to run is known to what would run it.

Options, config keys and targets are checked by the real parsers. The commands themselves run in the
tests of what they are about: tests/workflow, tests/project/test_tutorials.py, tests/app.
"""

import re
import shlex
from pathlib import Path

import pytest
import typer
from conftest import REPO
from snakemake.cli import get_argument_parser, parse_config
from visage.cli import app
from visage.config import load

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
SHELL = {"cd", "cp", "mv", "mkdir", "rm", "export", "chmod", "touch", "ls", "find", "ln", "git"}
RULES = {
    name
    for path in (REPO / "Snakefile", *REPO.glob("rules/*.smk"))
    for name in re.findall(r"(?:rule| as) (\w+)(?: with)?:", path.read_text())
}
OUTPUTS = "\n".join(path.read_text() for path in REPO.glob("rules/*.smk"))


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), re.S | re.M):
            if language in ("", "sh", "bash"):
                lines = block.replace("\\\n", " ").splitlines()
                found += [(page.name, line.strip()) for line in lines if is_command(line)]
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
    words = [word for word in shlex.split(line, comments=True) if word not in ("…", "...")]
    while "=" in words[0] and words[0].partition("=")[0].isupper():
        words = words[1:]
    return words


def check_snakemake(words: list[str]) -> None:
    told = get_argument_parser().parse_args([word.replace("…", "x") for word in words])
    load(parse_config(told.config), told.config)
    for file in told.configfile or ():
        assert (REPO / file).is_file() or Path(file).name == "my.yaml", file
    for target in told.targets or ():
        below = target.partition("/")[2]
        assert target in RULES or f'"{{RESULTS}}/{below}"' in OUTPUTS or "{image}" in below, target
    if told.workflow_profile:
        assert (REPO / told.workflow_profile / "config.yaml").is_file()


def check_visage(words: list[str]) -> None:
    group = typer.main.get_command(app)
    name, *rest = words
    context = group.make_context("visage", [name])
    command = group.get_command(context, name)  # type: ignore[attr-defined]
    assert command, name
    command.make_context(name, rest)


def check_make(words: list[str]) -> None:
    targets = {word for word in words if "=" not in word}
    known = set(re.findall(r"^([\w-]+):", (REPO / "Makefile").read_text(), re.M))
    assert targets <= known, targets - known


def check_python(words: list[str]) -> None:
    if words[0].startswith("-"):
        return
    source = (REPO / words[0]).read_text()
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # with what a reader has by then
    Path("photograph.jpg").touch()
    Path("results/queries/matches/party").mkdir(parents=True)
    for part in re.split(r"\s(?:&&|\||;|>)\s", line):
        program, *words = words_of(part)
        check = CHECKS.get(Path(program).name)
        if check:
            check(words)


def test_there_are_commands() -> None:
    found = commands()
    assert {page for page, _ in found} >= {"README.md", "tutorial.md", "privacy.md", "clusters.md"}
    assert len(found) > 50
