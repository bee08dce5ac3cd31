"""The package that these rules use: of the same version, whichever way they came here.

It stands beside them in a clone, and where it is installed. Where Snakemake reads them out of a git
repository (a module with github(…), as snakedeploy writes it), their commit is unpacked here once.
"""

import importlib.util
import os
import sys
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

from snakemake.exceptions import WorkflowError

UNPACKED = ".snakemake/visage-ml"  # where the workflow was started; a folder a commit


def unpacked(source):
    """Give the folder of all files of the commit that a file of a repository is of."""
    from git import Repo

    local = hasattr(source, "repo_path")
    repository = Repo(source.repo_path) if local else source.hosted_repo.repo
    commit = repository.commit(source.ref).hexsha
    folder = Path(UNPACKED, commit).absolute()
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = tempfile.mkdtemp(dir=folder.parent)
        with tempfile.TemporaryFile() as archive:
            repository.archive(archive, commit)
            archive.seek(0)
            with tarfile.open(fileobj=archive) as files:
                files.extractall(new, filter="data")
        with suppress(OSError):  # another process was first
            os.rename(new, folder)
    return folder


def package_folder(source):
    """Give the folder that the package is imported from; None: it is installed."""
    beside = Path(str(source)).parent / "scripts"
    if beside.is_dir():
        return str(beside)
    if hasattr(source, "ref"):
        return str(unpacked(source) / "scripts")
    if importlib.util.find_spec("visage"):
        return None
    raise WorkflowError(
        "This workflow needs its package, which is not where these rules come from. Import it from "
        "a clone (module: snakefile: path/to/clone/Snakefile) or a repository (snakefile: "
        "github(…)), or install it first: pip install path/to/clone"
    )


SCRIPTS = package_folder(workflow.current_basedir)
if SCRIPTS:
    sys.path.insert(0, SCRIPTS)
