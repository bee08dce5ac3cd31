"""Dockerfile and compose.yaml, as far as they can be checked without an engine."""

import getpass
import json
import os
import pwd
import re
import shlex
import shutil
import subprocess
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from conftest import REPO, Workflow
from visage.config import Config
from visage.models.registry import load_registry

HOME = "/opt/visage-ml"


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^#.*\n", "", (REPO / "Dockerfile").read_text())
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def arguments(name: str) -> list[str]:
    return [rest for word, rest in instructions() if word == name]


def command_of(name: str) -> list[str]:
    (found,) = arguments(name)
    return json.loads(found)  # the exec form: signals reach Snakemake


def compose() -> dict:
    return yaml.safe_load((REPO / "compose.yaml").read_text())["services"]["visage-ml"]


def in_image(path: Path) -> bool:
    """Tell whether .dockerignore lets a file of the clone into the image; the last line counts."""
    let_in = True
    for line in (REPO / ".dockerignore").read_text().split():
        pattern = line.lstrip("!")
        name = str(path.relative_to(REPO))
        hit = fnmatch(name, pattern) or name.startswith(f"{pattern}/")
        hit = hit or (pattern.startswith("**/") and pattern[3:] in path.parts)
        let_in = line.startswith("!") if hit else let_in
    return let_in


def test_the_image_is_built_of_pinned_parts() -> None:
    known = [word for word, _ in instructions()]
    assert set(known) <= {
        "ARG",
        "FROM",
        "COPY",
        "RUN",
        "ENV",
        "WORKDIR",
        "USER",
        "ENTRYPOINT",
        "CMD",
    }
    assert all(re.match(r"python:3\.12-\S*bookworm", image) for image in arguments("FROM"))
    (install,) = [run for run in arguments("RUN") if "pip install" in run]
    assert install.count("--require-hashes") == install.count("pip install") == 2
    assert "--no-build-isolation" in install
    assert arguments("USER") == ["1000:1000"]
    assert known.index("USER") > max(n for n, word in enumerate(known) if word == "RUN")


def test_what_is_copied_is_there() -> None:
    locks = arguments("ARG")[0].split("=")
    for copied in arguments("COPY"):
        *sources, target = shlex.split(copied.replace(f"${locks[0]}", locks[1]))
        for source in [] if copied.startswith("--from") else sources:
            assert (REPO / source).exists(), source
            assert source == "." or in_image(REPO / source), source
    assert target == HOME
    for path in ("results/scores.tsv", ".git/config", "resources/demo/sources.tsv", ".venv/x"):
        assert not in_image(REPO / path), path
    for own in ("config/deny.tsv", "config/my.yaml"):
        assert not in_image(REPO / own), own
    assert (REPO / "envs" / "locks" / "tensorflow.txt").exists(), "the other image's"


def copied_into_the_image(home: Path) -> Path:
    """Copy what .dockerignore admits of what git keeps: the weights are fetched there."""
    kept = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=True)
    for name in filter(lambda name: in_image(REPO / name), kept.stdout.splitlines()):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPO / name, home / name)
    return home


@pytest.fixture(scope="module")
def in_a_container(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> Workflow:
    """The default run of the image: what .dockerignore admits, in a folder of its own."""
    home = copied_into_the_image(tmp_path_factory.mktemp("image") / "visage-ml")
    for weights in (REPO / "weights").glob("*.onnx"):  # as the image fetches them
        shutil.copy(weights, home / "weights")
    for folder in sorted(path for path in home.rglob("*") if path.is_dir()):
        folder.chmod(0o555)  # it is root's, and the user is another
    work = tmp_path_factory.mktemp("work")
    shutil.copytree(photographs, work / "resources" / "demo")
    return Workflow(work, home / "Snakefile")


def test_the_image_has_what_the_demo_its_report_and_its_archive_need(
    in_a_container: Workflow,
) -> None:
    package = f"{in_a_container.snakefile.parent}/scripts"
    quick = ("--config", "shards=1")
    in_a_container.succeed(*command_of("CMD"), *quick, PYTHONPATH=package)
    scores = in_a_container.scores()
    assert "Barack Obama" in set(scores["Name"])
    in_a_container.succeed("--report", "report.zip", *quick, PYTHONPATH=package)
    with zipfile.ZipFile(in_a_container.folder / "report.zip") as archive:
        assert any(name.endswith("report.html") for name in archive.namelist())


def test_another_models_weights_go_where_one_may_write(in_a_container: Workflow) -> None:
    asked = ("--config", "model=facenet512-retinaface", "weights=/work/weights")
    planned = in_a_container.succeed("--dry-run", "results/scores.tsv", *asked)
    assert "/work/weights/facenet512_weights.h5" in planned


def test_the_weights_of_the_default_model_are_fetched_into_it(tmp_path: Path) -> None:
    home = copied_into_the_image(tmp_path / "visage-ml")
    (fetch,) = [run for run in arguments("RUN") if "snakemake" in run]
    asked = shlex.split(fetch.replace(HOME, str(home)).split("--cores 1")[1].split("&&")[0])
    work = tmp_path / "tmp"
    work.mkdir()
    planned = Workflow(work, home / "Snakefile").succeed("--dry-run", *asked)
    needed = load_registry(REPO / "config" / "models.yaml").model(Config().model).files
    assert all(f"output: {home}/weights/{file}" in planned for file in needed)
    assert "embed_shard" not in planned


def test_whoever_runs_it_needs_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `--user 1234:1234`, whom no /etc/passwd knows."""

    def nobody(number: int) -> None:
        raise KeyError(number)

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    (given,) = arguments("ENV")
    for pair in given.split():
        name, _, value = pair.partition("=")
        monkeypatch.setenv(name, value.replace("$PATH", os.environ["PATH"]))
    assert getpass.getuser() == "visage"  # as Snakemake asks at the start of a run


def test_the_entry_point_is_the_command_of_the_readme() -> None:
    first = command_of("ENTRYPOINT")
    assert first == ["snakemake", "--snakefile", f"{HOME}/Snakefile", "--cores", "all"]
    assert command_of("CMD")[0] == "results/scores.tsv"


def test_the_services_command_plans_a_run(tmp_path: Path, photographs: Path) -> None:
    service = compose()
    assert service["network_mode"] == "none"
    (volume,) = service["volumes"]
    assert volume["target"] == arguments("WORKDIR")[0]
    assert volume["bind"] == {"create_host_path": False}, "nothing missing is made as root's"
    assert "UID" not in service["user"], "bash does not let anybody set it"
    shutil.copytree(photographs / "gallery", tmp_path / "gallery")
    shutil.copytree(photographs / "queries", tmp_path / "queries")
    printed = Workflow(tmp_path).succeed("--dry-run", *service["command"])
    assert re.search(r"embed_shard\s+8", printed)
    assert "make_demo" not in printed


@pytest.mark.parametrize("part", ["build", "user", "command"])
def test_the_service_says_what_it_needs(part: str) -> None:
    assert compose()[part]
