"""What the tests share: the workflow run in folders of its own, and real photographs."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright
from serving import CHROMIUM, chromium

if TYPE_CHECKING:
    from facenet import Facenet

pytest_plugins = ["app_browser", "small_run"]

REPO = Path(__file__).parent.parent
SHARED_FACES = REPO.parent / "shared" / "faces"


@dataclass(frozen=True)
class Workflow:
    """The workflow, run in `folder` as a user would from a shell."""

    folder: Path
    snakefile: Path = REPO / "Snakefile"

    def run(
        self, *arguments: str, cores: int = 2, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake; both of its streams come back in `stdout`."""
        return subprocess.run(
            self.command(*arguments, cores=cores),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment() | environment,
            check=False,
            umask=0o022,  # as is usual: who may read what does not depend on who runs the tests
        )

    def start(self, *arguments: str, new_session: bool = False) -> subprocess.Popen[bytes]:
        """Start Snakemake and go on; what it says is not kept."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=new_session,
        )

    def command(self, *arguments: str, cores: int = 2) -> list[str]:
        """Give the command line. Targets go before --config, or they are read as config."""
        base = [sys.executable, "-m", "snakemake", "--snakefile", str(self.snakefile)]
        return [*base, "--cores", str(cores), *arguments]

    @staticmethod
    def environment() -> dict[str, str]:
        """Keep the tests' own variables out of the workflow's processes; have all that it says."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        path = [str(REPO / "tests" / "hooks"), *filter(None, [own.get("PYTHONPATH")])]
        return own | {
            "PYTHONPATH": os.pathsep.join(path),
            "SNAKEMAKE_LOGGER_VISAGE_PLAIN": "true",
            "VISAGE_TEST_WITHOUT": "snakemake_executor_plugin_slurm",
        }

    def succeed(self, *arguments: str, cores: int = 2, **environment: str) -> str:
        """Run and expect success; give what was printed."""
        done = self.run(*arguments, cores=cores, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def fail(self, *arguments: str) -> str:
        """Run and expect an error; give what was printed."""
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout
        return done.stdout

    def log(self, rule: str) -> str:
        """Give the logs of all jobs of a rule."""
        logs = sorted((self.folder / "results/logs" / rule).rglob("*.log"))
        return "\n".join(path.read_text() for path in logs)

    def embedded(self) -> int:
        """Count the images that the model was run on, by the logs, and forget the logs."""
        folder = self.folder / "results/logs/embed_shard"
        total = 0
        for path in folder.glob("*.log"):
            total += sum(map(int, re.findall(r"embedded (\d+),", path.read_text())))
            path.unlink()
        return total

    def scores(self) -> pd.DataFrame:
        """Read the scores table."""
        return pd.read_csv(
            self.folder / "results/scores.tsv", sep="\t", keep_default_na=False, dtype={"ID": str}
        )


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Give the folder of this test run, in which each of pytest-xdist's workers has its own."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Give a folder that one process of this test run fills for all of them, to be looked at only.

    Args:
        factory: Of this process.
        name: Of the folder.
        make: Fills the folder, which is empty.
    """
    run = shared_folder(factory)
    folder, finished = run / name, run / f"{name}.finished"
    with FileLock(run / f"{name}.lock"):
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of an attempt that failed
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder


def demo_folder(parent: Path) -> Path:
    """Give a folder with the demo's photographs, from this clone where it has them already."""
    target = parent / "resources" / "demo"
    source = REPO / "resources" / "demo"
    if not (source / "sources.tsv").exists():
        Workflow(REPO).succeed("resources/demo/sources.tsv")
    shutil.copytree(source, target)
    return target


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Workflow:
    """The demo, run once as the README says; other tests look at it too: run nothing in it."""

    def run(folder: Path) -> None:
        shutil.copytree(photographs, folder / "resources" / "demo")
        Workflow(folder).succeed()

    return Workflow(made_once(tmp_path_factory, "demo", run))


@pytest.fixture
def demo_copy(demo: Workflow, tmp_path: Path) -> Workflow:
    """A finished demo to do anything with; modification times are those of the original."""
    shutil.copytree(demo.folder, tmp_path / "copy", symlinks=True)
    return Workflow(tmp_path / "copy")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of pages; each opens contexts of its own."""
    if not chromium():
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_faces() -> Path:
    """Real labelled photographs that stand beside the project, where they do."""
    if not SHARED_FACES.is_dir():
        pytest.skip("../shared/faces is not here")
    return SHARED_FACES


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's photographs alone."""
    return made_once(tmp_path_factory, "photographs", demo_folder) / "resources" / "demo"


@pytest.fixture(scope="session")
def facenet(tmp_path_factory: pytest.TempPathFactory) -> "Facenet":
    """The original's pair of models with random weights."""
    from facenet import load, random_weights  # models and TensorFlow: only where they are tested

    return load(made_once(tmp_path_factory, "facenet", random_weights))


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what a look-up page in this process does to `tempfile`, which outlives it."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)


def project_copy(folder: Path, weights: bool = True) -> Path:
    """Copy the project as a clone has it, with this one's weights or none; give its Snakefile."""
    top = {"resources", *([] if weights else ["weights"])}

    def left_out(where: str, names: list[str]) -> set[str]:
        beside = {name for name in names if name.startswith(".") or name == "__pycache__"}
        results = {name for name in names if name.startswith("results")}
        return beside | ((top | results) & set(names) if Path(where) == REPO else set())

    shutil.copytree(REPO, folder, ignore=left_out)
    return folder / "Snakefile"


def kill(pid: int) -> None:
    """End a process as the kernel does when memory runs out."""
    os.kill(pid, signal.SIGKILL)
