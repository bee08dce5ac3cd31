"""Write the lock files of pyproject.toml and, from them, one pinned environment a stage.

A lock has exact versions and hashes and no addresses, for every platform and Python from 3.11
on. One resolution serves all: what `make test` adds never changes what `make scores` installs.
"""

import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
EXTRAS = ("tensorflow", "app", "cluster", "test")
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--no-header"),
    *("--python-version", "3.11", "--generate-hashes", "--no-annotate", "pyproject.toml"),
]

PYTHON = "3.12"
_FILES = ("numpy", "pyarrow")
_EMBED = (
    *("deepface", "httpx", "jsonschema", "numpy", "onnx", "onnxruntime", "openvino", "pillow"),
    *("pip", "pyarrow", "pyyaml", "tenacity", "tqdm", "werkzeug"),
)
# What the scripts of each stage import, directly; the file's name is that of the stage.
ENVIRONMENTS = {
    "embed": _EMBED,
    "embed-tensorflow": (*_EMBED, "mtcnn", "tensorflow", "tf-keras"),
    "match": (*_FILES, "annoy"),
    "score": (*_FILES, "pandas"),
    "report": (*_FILES, "jinja2", "matplotlib", "pandas", "pillow"),
}


def main() -> None:
    """Resolve everything, then what the main job needs within that, then the environments."""
    test, scores = HERE / "locks/test.txt", HERE / "locks/scores.txt"
    extras = [argument for extra in EXTRAS for argument in ("--extra", extra)]
    subprocess.run([*COMPILE, *extras, "-o", str(test)], check=True, cwd=HERE.parent)
    subprocess.run([*COMPILE, "-c", str(test), "-o", str(scores)], check=True, cwd=HERE.parent)
    for name in ENVIRONMENTS:
        (HERE / f"{name}.yaml").write_text(environment(name, test.read_text()), encoding="utf-8")


def environment(name: str, lock: str) -> str:
    """Give the conda environment of a stage, its packages pinned to the lock's versions."""
    versions = locked_versions(lock)
    pins = "".join(f"      - {package}=={versions[package]}\n" for package in ENVIRONMENTS[name])
    return (
        "# Written by envs/lock.py (make lock).\n"
        "channels:\n  - conda-forge\n  - nodefaults\n"
        f"dependencies:\n  - python={PYTHON}\n  - pip\n  - pip:\n{pins}"
    )


def locked_versions(lock: str) -> dict[str, str]:
    """Give the version of every package that the lock has for Python `PYTHON` on Linux."""
    here = {"python_full_version": f"{PYTHON}.0", "python_version": PYTHON}
    here |= {"sys_platform": "linux", "platform_machine": "x86_64"}
    lines = [line.split("\\")[0] for line in lock.splitlines() if line[:1].isalnum()]
    requirements = [Requirement(line) for line in lines]
    return {
        requirement.name: next(iter(requirement.specifier)).version
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(here)
    }


if __name__ == "__main__":
    main()
