"""A stand-in for conda: makes virtual environments of the files in envs/, with uv.

Snakemake's `--software-deployment-method conda` calls it as it would call conda, so the rules' own
`conda:` directives and files are used where no conda channel can be reached. What it cannot be:
a judge of the line `python=…`, since it takes the Python it is run with.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import yaml

ENVS = Path(__file__).parents[2] / "envs"


def main(arguments: list[str]) -> None:
    """Do as conda does, as far as Snakemake asks."""
    if arguments[:1] == ["--version"]:
        print("conda 25.1.0")
    elif arguments[:1] == ["info"]:
        print(json.dumps({"conda_prefix": os.environ["STAND_IN"], "platform": "linux-64"}))
    elif arguments[:1] == ["config"]:
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif arguments[:2] == ["env", "create"]:
        value = {name: arguments[arguments.index(name) + 1] for name in ("--file", "--prefix")}
        create(Path(value["--file"]), Path(value["--prefix"]))
    elif arguments[:1] != ["clean"]:
        sys.exit(f"conda {' '.join(arguments)}: the stand-in does not know that")


def create(file: Path, prefix: Path) -> None:
    """Make the environment of `file` in the folder `prefix`."""
    dependencies = yaml.safe_load(file.read_text())["dependencies"]
    (pins,) = (part["pip"] for part in dependencies if isinstance(part, dict))
    install(prefix, [pin.split("==")[0] for pin in pins])


def install(prefix: Path, packages: list[str]) -> None:
    """Make a virtual environment with these packages, in the lock's versions for this Python."""
    lock = _lock()
    text = (ENVS / "locks" / "test.txt").read_text()
    versions = lock.locked_versions(text, f"{sys.version_info.major}.{sys.version_info.minor}")
    pinned = [f"{package}=={versions[package]}" for package in packages]
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(prefix)], check=True)
    options = ["--quiet", "--python", str(prefix / "bin" / "python")]
    constraint = ["--constraint", str(ENVS / "locks" / "test.txt")]
    subprocess.run([*uv, "pip", "install", *options, *constraint, *pinned], check=True)


def _lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ENVS / "lock.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(sys.argv[1:])
