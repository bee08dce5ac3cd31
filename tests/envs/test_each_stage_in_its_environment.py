"""The demo with an environment a stage, and Snakemake in one with what planning takes.

Takes minutes and the package registry: `make test-envs`, not part of `make test`.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conda_of_venvs import install
from conftest import REPO, Workflow
from test_environments import LOCK, RULES

pytestmark = pytest.mark.environments

ACTIVATE = 'export PATH="$1/bin:$PATH"\n'


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a stand-in for conda, and one with Snakemake and what plans."""
    folder = tmp_path_factory.mktemp("conda")
    (folder / "bin").mkdir()
    conda = folder / "bin" / "conda"
    script = Path(__file__).with_name("conda_of_venvs.py")
    conda.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    conda.chmod(0o755)
    (folder / "bin" / "activate").write_text(ACTIVATE)
    install(folder / "snakemake", ["snakemake", *LOCK.PLANNING])
    return folder


@pytest.fixture(scope="module")
def finished(demo: Workflow, stand_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a demo run in which every job had its stage's packages only."""
    folder = tmp_path_factory.mktemp("stages")
    shutil.copytree(demo.folder / "resources", folder / "resources")
    python = stand_in / "snakemake" / "bin" / "python"
    command = [str(python), *Workflow(folder).command("--sdm", "conda")[1:]]
    environment = Workflow.environment() | {
        "STAND_IN": str(stand_in),
        "PATH": f"{stand_in / 'bin'}:{python.parent}:{os.environ['PATH']}",
    }
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_scores_are_those_of_one_environment(demo: Workflow, finished: Path) -> None:
    for name in ("scores.tsv", "images.tsv"):
        one, many = (folder / "results" / name for folder in (demo.folder, finished))
        assert one.read_bytes() == many.read_bytes(), name
    assert (finished / "results/report.html").exists()


def test_every_script_starts_with_its_own_packages_alone(finished: Path) -> None:
    """Without what Snakemake lends a script: it appends its own packages to the module path."""
    made = {
        path.read_text(): path.with_suffix("")
        for path in (finished / ".snakemake" / "conda").glob("*.yaml")
    }
    tried = 0
    for script, environments in RULES.values():
        for name in environments:
            prefix = made.get((REPO / "envs" / f"{name}.yaml").read_text())
            if prefix is None:
                continue  # of a rule that the demo does without, or for TensorFlow or GPUs
            body = ast.parse(script.read_text()).body
            wanted = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
            imports = "\n".join(map(ast.unparse, wanted))
            done = subprocess.run(
                [prefix / "bin" / "python", "-c", imports],
                env={"PYTHONPATH": str(REPO / "scripts")},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{script.name} in {name}: {done.stderr}"
            tried += 1
    assert tried >= 6


@pytest.mark.parametrize("name", LOCK.ENVIRONMENTS)
def test_every_pin_resolves(name: str, tmp_path: Path) -> None:
    text = (REPO / "envs" / f"{name}.yaml").read_text()
    pins = [line.split("- ", 1)[1] for line in text.splitlines() if "==" in line]
    LOCK.resolve(
        "\n".join(pins), "--constraint", str(LOCK.lock_of(name)), "-o", str(tmp_path / "o")
    )
