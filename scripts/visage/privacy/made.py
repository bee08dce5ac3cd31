"""Which files of a results folder the workflow made: by their names, and by how they begin.

Nothing else is ever deleted, wherever it lies.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from visage.layout import MARKER, REPORT_FILES, SETTINGS, linked_folders
from visage.people.xmp import OURS
from visage.resources import rule_names
from visage.sets.folders import is_own
from visage.store.kinds import looks_right
from visage.store.sidecars import is_foreign

# What rules make below a folder that they name, and what the main process writes; links apart.
_OWN = (
    r"(gallery|queries)/(manifests|notes)/\d+\.jsonl",
    r"(gallery|queries)/listing\.json",
    r"(gallery|queries)/vectors/.+\.vector",
    r"queries/matches/.+\.json",
    r"queries/xmp/.+\.xmp",
    rf"(report|share)/({REPORT_FILES})",
    rf"settings/({'|'.join(SETTINGS)})\.json",
    r"\.running(-process)?",
    re.escape(MARKER),
)
_SIDECAR = re.compile(r".+/vectors/.+\.vector|queries/matches/.+\.json", re.DOTALL)
_WILDCARD = re.compile(r"\{\w+(?:,[^{}]*)?\}")
# What jobs keep for the next run, and what the rules that write for other programs leave.
_CACHE = (
    r"cache/[0-9a-f]{32}/[0-9a-f]+-[0-9a-f]+\.(parquet|keys)",
    r"cache/hashes/[^/]+\.parquet",
    r"cache/(marked|regions)/[0-9a-f]{32}\.parquet",  # `regions` until faces there were turned
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
    """Give the files and links of a results folder that the workflow made, but not the cache's.

    Args:
        results: The folder.
        outputs: The paths of what the rules make, with wildcards, relative to the folder.
    """
    logs = rf"(logs|benchmarks)/({'|'.join(rule_names())})(/.+)?\.(log|tsv)"
    yield from _found(results, [logs, *_OWN, *map(_pattern, outputs)])
    links = Path(linked_folders(str(results)))
    yield from (path for path in list(links.rglob("*")) if is_own(path, links))


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
        name = path.relative_to(results).as_posix()
        if names.fullmatch(name) and _looks_made(path, name):
            yield path


def _looks_made(path: Path, name: str) -> bool:
    """Tell whether a file begins as those of its kind do; one that is not whole does not count."""
    if path.is_symlink():
        return True  # only the link goes
    try:
        if _SIDECAR.fullmatch(name):
            return not is_foreign(path)
        if path.suffix == ".xmp":  # others' programs write them, too
            return OURS.encode() in path.read_bytes()
    except OSError:
        return False
    return looks_right(path)


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
