"""How Snakemake may provide the packages of jobs: what is supported, and what to do otherwise.

The Snakefile imports this module, so it needs the standard library only.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from visage.errors import VisageError


class _Method(Protocol):
    """A member of Snakemake's DeploymentMethod."""

    name: str


_CONDAS = ("conda", "mamba", "micromamba")
_UNSUPPORTED = {
    "APPTAINER": "The rules name no images of their own. Run the whole workflow in one container "
    "instead: `docker build` as the Dockerfile says, or `apptainer build visage-ml.sif "
    "docker-daemon:visage-ml:latest` from that image (docs/environments.md)",
    "ENV_MODULES": "The rules name no modules. Load the modules that you need first, and start "
    "Snakemake with the Python of an environment that has envs/locks/scores.txt",
}


def check(methods: Iterable[_Method]) -> None:
    """Refuse what would silently run jobs with the packages that Snakemake itself has.

    Raises:
        VisageError: A method of `--software-deployment-method` is not supported, or conda is not
            here.
    """
    names = {method.name for method in methods}
    for name, instead in _UNSUPPORTED.items():
        if name in names:
            method = name.lower().replace("_", "-")
            raise VisageError(
                f"--software-deployment-method {method} is not supported. {instead}. Or take an "
                "environment a stage with --software-deployment-method conda."
            )
    if "CONDA" in names and not any(map(shutil.which, _CONDAS)):
        raise VisageError(
            "--software-deployment-method conda: there is no conda here. Install Miniforge "
            "(https://conda-forge.org/download), or leave the option out: `make scores` installs "
            "everything into one environment, with pip alone."
        )


def check_folder(folder: Path) -> None:
    """Refuse a working folder in which Snakemake cannot keep its notes; it would only say where.

    Raises:
        VisageError: The folder may not be written.
    """
    notes = folder / ".snakemake"
    if not os.access(notes if notes.exists() else folder, os.W_OK):
        raise VisageError(
            f"{folder.absolute()} cannot be written, and Snakemake keeps its notes there "
            "(.snakemake). Start it in a folder of yours, or give one: --directory FOLDER. In a "
            'container: --user "$(id -u):$(id -g)".'
        )


def check_storage(provider: str | None, shared: Iterable[_Method]) -> None:
    """Refuse what would have jobs look for photographs and results where they are not.

    Args:
        provider: Of `--default-storage-provider`.
        shared: What all machines share, as `--shared-fs-usage` says.

    Raises:
        VisageError: Something is asked for that this workflow does not do.
    """
    needs = "photographs, results and weights are read as files"
    if provider:
        raise VisageError(
            f"--default-storage-provider {provider} is not supported: {needs}. Mount the storage "
            "on every machine, or copy the photographs (docs/clusters.md)."
        )
    if "INPUT_OUTPUT" not in {usage.name for usage in shared}:
        raise VisageError(
            f"--shared-fs-usage without input-output is not supported: {needs}, so all machines "
            "need one file system (docs/clusters.md)."
        )
