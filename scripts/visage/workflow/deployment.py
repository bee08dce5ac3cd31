"""How Snakemake may provide the packages of jobs: what is supported, and what to do otherwise.

The Snakefile imports this module, so it needs the standard library only.
"""

import shutil
from collections.abc import Iterable
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
