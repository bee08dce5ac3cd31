"""Where an entry's files lie."""

from pathlib import Path

from visage.errors import VisageError
from visage.models.entries import ModelEntry


def present(path: Path) -> Path:
    """Give the path of a weight file.

    Raises:
        VisageError: It is missing; says how to fetch it.
    """
    if not path.is_file():
        raise VisageError(f"{path} is missing. Run: snakemake --cores 1 {path}")
    return path


def file_of(entry: ModelEntry, weights: Path, *names: str) -> Path:
    """Give the file that an entry lists under the first of `names` that it has.

    Raises:
        VisageError: It lists none of them, or the file is missing.
    """
    for name in names:
        if name in entry.weights:
            return present(weights / entry.weights[name])
    raise VisageError(
        f"config/models.yaml: the entry's `weights` lack {names[0]!r} (docs/models.md)."
    )
