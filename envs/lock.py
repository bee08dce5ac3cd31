"""Write the lock files of pyproject.toml and, from them, one pinned environment a stage.

A lock has exact versions and hashes and no addresses, for every platform and Python from 3.11
on. One resolution serves all: what `make test` adds never changes what `make scores` installs.
The environments for NVIDIA's GPUs have a lock each, for Linux only, of the same versions.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
EXTRAS = ("tensorflow", "app", "cluster", "raw", "build", "test")
# Lock → the extras that it has beside the main job's packages.
LOCKS = {"test": EXTRAS, "scores": (), "app": ("app",), "tensorflow": ("tensorflow",)}
# Source archives only; everything else comes built, and pip is told to build nothing else.
BUILT_HERE = ("annoy", "connection-pool")
_UV = (sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate")
# For pip, which lets the last word count, so in this order.
HEADER = "".join(["--only-binary :all:\n", *(f"--no-binary {name}\n" for name in BUILT_HERE)])
_BUILT = tuple(word for package in BUILT_HERE for word in ("--no-binary", package))
_ANYWHERE = (
    *(*_UV, "--generate-hashes", "--universal", "--python-version", "3.11"),
    *("--only-binary", ":all:", *_BUILT),
    *("--override", str(HERE / "overrides.txt")),
)

PYTHON = "3.12"  # of the environments
PLATFORM = "x86_64-manylinux_2_28"  # of the environments
_FILES = ("numpy", "pyarrow")
_IMAGES = ("opencv-contrib-python-headless", "pi-heif", "pillow", "rawpy")
# What planning takes beside Snakemake, where that stands in an environment of its own.
PLANNING = ("filelock", "pathspec", "pydantic", "pyyaml")
_SETTINGS = PLANNING  # reading settings takes the same
_FIGURES = ("jinja2", "matplotlib", "pandas", "scikit-learn", "scipy")
_REGISTRY = ("numpy", "pydantic", "pyyaml")
_EMBED = (
    *(
        "deepface",
        "filelock",
        "numpy",
        "onnxruntime",
        "openvino",
        "pathspec",
        "pi-heif",
        "pillow",
        "pyarrow",
    ),
    *("pydantic", "pyyaml", "rawpy", "werkzeug"),
)
# What the scripts of each stage import, directly, or DeepFace without declaring it; the file's
# name is that of the stage.
ENVIRONMENTS = {
    "crate": ("rocrate",),
    "demo": ("pydantic", "pyyaml", "filelock", "pathspec", "pillow", "pip"),
    "embed": _EMBED,
    "embed-cuda": (*_EMBED, "onnxruntime-gpu[cuda,cudnn]"),  # and embed-cuda.post-deploy.sh
    "embed-tensorflow": (*_EMBED, "mtcnn", "tensorflow", "tf-keras"),
    "embed-tensorflow-cuda": (*_EMBED, "mtcnn", "tensorflow[and-cuda]", "tf-keras"),
    "evaluate": (*_SETTINGS, *_FILES, *_IMAGES, *_FIGURES),
    "labels": (*_SETTINGS, *_FILES, *_IMAGES, "defusedxml"),
    "match": (*_SETTINGS, *_FILES, "annoy", "scipy"),
    "names": ("httpx", "tenacity"),
    "privacy": (*_FILES, "defusedxml", "filelock", "pillow", "pydantic"),
    "report": (*_SETTINGS, *_FILES, *_IMAGES, *_FIGURES),
    "score": (*_SETTINGS, *_FILES, "pandas", "scikit-learn", "scipy", "threadpoolctl"),
    "stash": (*_FILES, "httpx", "pydantic", "tenacity"),
    "weights": (*_REGISTRY, "httpx", "onnx", "pip", "tenacity", "tqdm"),
}


def main() -> None:
    """Resolve everything, then the other locks within that, then the environments."""
    for name, extras in LOCKS.items():
        within = () if name == "test" else ("-c", "envs/locks/test.txt")
        chosen = [word for extra in extras for word in ("--extra", extra)]
        _compile(name, "pyproject.toml", *chosen, *within)
    # What builds the few packages that come as source only, and this one; installed first.
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    builders = "\n".join(project["optional-dependencies"]["build"])
    _compile("build", "-", "-c", "envs/locks/test.txt", text=builders)
    for name in filter(_has_cuda, ENVIRONMENTS):
        resolve(
            "\n".join(ENVIRONMENTS[name]), "-c", "envs/locks/test.txt", "-o", str(lock_of(name))
        )
    for name in ENVIRONMENTS:
        (HERE / f"{name}.yaml").write_text(environment(name), encoding="utf-8")


def _compile(name: str, *arguments: str, text: str | None = None) -> None:
    lock = HERE / "locks" / f"{name}.txt"
    command = [*_ANYWHERE, *arguments, "-o", str(lock)]
    subprocess.run(command, check=True, cwd=HERE.parent, input=text, text=True)
    lock.write_text(HEADER + lock.read_text(encoding="utf-8"), encoding="utf-8")


def _has_cuda(name: str) -> bool:
    return name.endswith("-cuda")


def lock_of(name: str) -> Path:
    """Give the lock file that has the versions of a stage's environment."""
    return HERE / "locks" / (f"{name}.txt" if _has_cuda(name) else "test.txt")


def resolve(requirements: str, *options: str) -> None:
    """Resolve requirements for the Python and the platform of the environments, with hashes.

    Raises:
        subprocess.CalledProcessError: They cannot be met together.
    """
    target = ["--python-version", PYTHON, "--python-platform", PLATFORM]
    command = [*_UV, "--generate-hashes", *target, "-", *options]
    subprocess.run(command, check=True, cwd=HERE.parent, input=requirements, text=True)


def environment(name: str) -> str:
    """Give the conda environment of a stage, its packages pinned to its lock's versions."""
    versions = locked_versions(lock_of(name).read_text(encoding="utf-8"))
    pins = "".join(
        f"      - {package}=={versions[package.split('[')[0]]}\n" for package in ENVIRONMENTS[name]
    )
    return (
        "# Written by envs/lock.py (make lock).\n"
        "channels:\n  - conda-forge\n  - nodefaults\n"
        f"dependencies:\n  - python={PYTHON}\n  - pip\n  - pip:\n{pins}"
    )


def locked_versions(lock: str, python: str = PYTHON) -> dict[str, str]:
    """Give the version of every package that the lock has for a Python ("3.12") on Linux."""
    here = {"python_full_version": f"{python}.0", "python_version": python}
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
