"""Which files of a results folder the workflow made: by their names, and by how they begin.

Nothing else is ever deleted, wherever it lies.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from visage.layout import REPORT_FILES
from visage.store.kinds import looks_right
from visage.store.sidecars import is_foreign

# What rules make below a folder that they name, and what the main process writes.
_OWN = (
    r"(gallery|queries)/(manifests|notes)/\d+\.jsonl",
    r"(gallery|queries)/listing\.json",
    r"(gallery|queries)/vectors/.+\.vector",
    r"gallery/folders/.+",  # links
    r"queries/matches/.+\.json",
    r"queries/xmp/.+\.xmp",
    rf"(report|share)/({REPORT_FILES})",
    r"settings/\w+\.json",
    r"(logs|benchmarks)/[a-z_]+(/.+)?\.(log|tsv)",
    r"\.running(-process)?",
    r"\.results-of-visage",
)
_WILDCARD = re.compile(r"\{\w+(?:,[^{}]*)?\}")
# What jobs keep for the next run, and what the rules that write for other programs leave.
_CACHE = (
    r"cache/[0-9a-f]{32}/[0-9a-f]+-[0-9a-f]+\.(parquet|keys)",
    r"cache/hashes/[^/]+\.parquet",
    r"cache/progress/(gallery|queries) \d+\.json",
    r"cache/stashbox/[^/]+\.jsonl",
    r"cache/told\.txt",
    r"cache/unknown/names\.parquet",
)
_EXPORTS = (
    r"exports/faces\.csv",
    r"exports/stash/(plan\.tsv|changes\.jsonl)",
    r"exports/xmp/\d+\.(done|jsonl)",
)


def made(results: Path, outputs: Iterable[str]) -> Iterator[Path]:
    """Give the files of a results folder that the workflow made, but not the cache's.

    Args:
        results: The folder.
        outputs: The paths of what the rules make, with wildcards, relative to the folder.
    """
    return _found(results, [*_OWN, *map(_pattern, outputs)])


def cached(results: Path) -> Iterator[Path]:
    """Give the files of the cache."""
    return _found(results, _CACHE)


def exported(results: Path) -> Iterator[Path]:
    """Give what was exported into a results folder, and the notes on it."""
    return _found(results, _EXPORTS)


def _found(results: Path, patterns: Iterable[str]) -> Iterator[Path]:
    names = re.compile("|".join(patterns), re.DOTALL)
    for path in sorted(results.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            continue
        if names.fullmatch(path.relative_to(results).as_posix()) and looks_made(path):
            yield path


def looks_made(path: Path) -> bool:
    """Tell whether a file begins as those of its kind do; one that is not whole does not count."""
    if path.suffix != ".vector" or path.is_symlink():
        return looks_right(path)
    try:
        return not is_foreign(path)
    except OSError:
        return False


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
