"""`pip install .` into an empty environment, away from the clone."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from conftest import REPO, Workflow

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an environment's programs: this one's packages, and what is installed."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (libraries,) = folder.glob("lib/python*/site-packages")
    (libraries / "these.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [*PIP, "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(REPO)], check=True)
    cache = folder / "cache" / "visage-ml"
    cache.mkdir(parents=True)
    (cache / "weights").symlink_to(REPO / "weights")  # where they would be fetched to
    return folder / "bin"


def run(installed: Path, folder: Path, *words: str | Path) -> str:
    done = subprocess.run(
        [installed / words[0], *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        | {"XDG_CACHE_HOME": str(installed.parent / "cache")},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_command_finds_its_files(installed: Path, tmp_path: Path) -> None:
    said = run(installed, tmp_path, "visage", "--version")
    assert said.split()[1] in (REPO / "pyproject.toml").read_text()
    models = json.loads(run(installed, tmp_path, "visage", "models", "--json"))
    assert models[0]["name"] == "sface-yunet"
    where = run(installed, tmp_path, "python", "-c", "import visage; print(visage.__file__)")
    assert Path(where).is_relative_to(installed.parent)


def test_the_workflow_comes_along(installed: Path, tmp_path: Path) -> None:
    ask = "from visage.resources import SNAKEFILE; print(SNAKEFILE)"
    snakefile = run(installed, tmp_path, "python", "-c", ask).strip()
    shown = run(
        installed,
        tmp_path,
        *("python", "-m", "snakemake", "--snakefile", snakefile, "--dry-run", "--cores", "1"),
    )
    assert "embed_shard" in shown and "build_report" in shown


def test_the_wheel_carries_what_it_needs_and_nothing_of_ones_own(tmp_path: Path) -> None:
    subprocess.run(
        [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, REPO],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    share = {name.removeprefix("visage/share/") for name in names if "/share/" in name}
    kept = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=True)
    known = set(kept.stdout.splitlines())
    assert share <= known, "only what git keeps: no deny list, no names"
    needed = [name for name in known if name.startswith(("rules/", "config/", "docs/captions/"))]
    scripts = [str(path.relative_to(REPO)) for path in REPO.glob("scripts/*.py")]
    assert share >= {"Snakefile", *needed, *scripts}


def test_the_lines_of_the_readme_embed_a_photograph_and_search_a_gallery(
    installed: Path, demo: Workflow, tmp_path: Path
) -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", (REPO / "README.md").read_text(), re.DOTALL)
    assert len(list(filter(None, lines.splitlines()))) == 6
    (tmp_path / "results").symlink_to(demo.folder / "results")
    (tmp_path / "resources").symlink_to(demo.folder / "resources")
    (tmp_path / "photograph.jpg").symlink_to(
        demo.folder / "resources/demo/queries/known/portrait.jpg"
    )
    said = run(installed, tmp_path, "python", "-c", lines)
    assert re.fullmatch(r"Box\(x=.*\) Barack Obama match\n", said)


def test_importing_the_package_changes_nothing(installed: Path, tmp_path: Path) -> None:
    script = """
import os, sys
before = dict(os.environ), set(sys.modules)
import visage
assert dict(os.environ) == before[0]
new = {name.partition(".")[0] for name in set(sys.modules) - before[1]}
assert new - set(sys.stdlib_module_names) == {"visage"}, new
"""
    run(installed, tmp_path, "python", "-c", script)


def test_no_module_needs_what_only_unix_has() -> None:
    """As on Windows, where these do not exist; nothing else is tried for Windows and macOS."""
    script = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(["fcntl", "grp", "pwd", "resource"]))
import visage
found = [module.name for module in pkgutil.walk_packages(visage.__path__, "visage.")]
for name in found:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(found))
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_a_photograph_is_embedded(installed: Path, demo: Workflow, tmp_path: Path) -> None:
    photograph = demo.folder / "resources/demo/queries/known/portrait.jpg"
    line = json.loads(run(installed, tmp_path, "visage", "embed", photograph))
    (face,) = line["faces"]
    assert len(face["embedding"]) == 128
    assert set(face["box"]) == {"x", "y", "w", "h"}


def test_a_photograph_is_identified_from_anywhere(installed: Path, demo: Workflow) -> None:
    photograph = demo.folder / "resources/demo/queries/known/portrait.jpg"
    results = str(demo.folder / "results")
    command = ("visage", "identify", photograph, "--results", results)
    (answer,) = json.loads(run(installed, demo.folder, *command, "--json"))
    (face,) = answer["faces"]
    assert face["people"][0]["name"] == "Barack Obama"
    assert face["people"][0]["verdict"] == "match"
    assert "Barack Obama" in run(installed, demo.folder, *command)
