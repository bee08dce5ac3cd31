"""Which files of a results folder the workflow made: by their names, and by how they begin.

Nothing else is ever deleted, wherever it lies.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from visage.store.sidecars import is_foreign

# What rules make below a folder that they name, and what the main process writes.
_OWN = (
    r"(gallery|queries)/(manifests|notes)/\d+\.jsonl",
    r"(gallery|queries)/listing\.json",
    r"(gallery|queries)/vectors/.+\.vector",
    r"gallery/folders/.+",  # links
    r"queries/matches/.+\.json",
    r"queries/xmp/.+\.xmp",
    r"(report|share)/index\.html",
    r"(report|share)/pictures/[0-9a-f]+/[0-9a-f]+\.webp",
    r"settings/\w+\.json",
    r"(logs|benchmarks)/[a-z_]+(/.+)?\.(log|tsv)",
    r"\.running(-process)?",
    r"\.results-of-visage",
)
_WILDCARD = re.compile(r"\{\w+(?:,[^{}]*)?\}")
# How a file of a kind begins; others are known by their names alone.
_BEGINS: dict[str, tuple[bytes, ...]] = {
    ".parquet": (b"PAR1",),
    ".json": (b"[", b"{"),
    ".jsonl": (b"{",),
    ".webp": (b"RIFF",),
    ".html": (b"<!doctype html", b"<!DOCTYPE html"),
}


def made(results: Path, outputs: Iterable[str]) -> Iterator[Path]:
    """Give the files of a results folder that the workflow made, but not the cache's.

    Args:
        results: The folder.
        outputs: The paths of what the rules make, with wildcards, relative to the folder.
    """
    names = re.compile("|".join([*_OWN, *map(_pattern, outputs)]), re.DOTALL)
    for path in sorted(results.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            continue
        if names.fullmatch(path.relative_to(results).as_posix()) and looks_made(path):
            yield path


def looks_made(path: Path) -> bool:
    """Tell whether a file begins as those of its kind do; one that is not whole does not count."""
    begins = _BEGINS.get(path.suffix)
    if path.is_symlink():
        return True
    try:
        if path.suffix == ".vector":
            return not is_foreign(path)
        if begins is None:
            return True
        with path.open("rb") as file:
            head = file.read(64).lstrip()
    except OSError:
        return False
    return not head or head.startswith(begins)


def remove_empty_folders(results: Path) -> None:
    """Remove folders that hold nothing any more, the results folder itself last."""
    folders = [path for path in results.rglob("*") if path.is_dir() and not path.is_symlink()]
    for folder in [*sorted(folders, reverse=True), results]:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _pattern(output: str) -> str:
    return "".join(
        ".+" if part is None else re.escape(part)
        for pair in zip(_WILDCARD.split(output), [None] * 99, strict=False)
        for part in pair
    ).removesuffix(".+")
