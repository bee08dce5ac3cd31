"""Values of the config that are right by themselves but cannot go together."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from visage.config.match import Match
from visage.layout import OWN_FOLDERS
from visage.resources import HOME

# Folders of a clone: nobody's results.
_CLONES = ("config", "docs", "envs", "profiles", "rules", "scripts", "tests", "weights", ".git")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/+")


class Contradiction(NamedTuple):
    """Keys that cannot go together."""

    keys: tuple[str, ...]  # dotted
    line: str  # the key to change, what is wrong with it, and the remedy


def overlap(a: str, b: str) -> bool:
    """Tell whether one folder is the other, or inside it."""
    return _inside(a, b) or _inside(b, a)


def check_results(results: str, gallery: str, queries: str) -> Iterator[str]:
    """The results lie where they cannot be taken for photographs, nor photographs for results."""
    if _inside(".", results) and _inside(results, "."):
        yield f"results: {results!r} is the working folder itself; give a folder of its own"
        return
    if _inside(".", results) or _inside(str(Path.home()), results):
        yield f"results: {results!r} holds more than results could be; give a folder of its own"
        return
    if any(_inside(results, str(HOME / own)) for own in _CLONES):
        yield f"results: {results!r} is a folder of the workflow itself; give a folder of its own"
        return
    for key, folder in (("gallery", gallery), ("queries", queries)):
        if _inside(results, folder):
            yield (
                f"results: the folder {results!r} is inside that of {key} "
                f"({folder!r}), whose photographs it would be taken for; give another"
            )
        elif any(_inside(folder, f"{results}/{own}") for own in OWN_FOLDERS):
            yield (
                f"{key}: the folder {folder!r} is where the workflow keeps its own files "
                f"(results: {results!r}); move the photographs, or give another folder as "
                "results"
            )


def check_own_files(results: str, files: Mapping[str, str | None]) -> Iterator[str]:
    """What is the user's does not lie where the workflow makes and deletes files.

    Args:
        results: The results folder.
        files: By their keys.
    """
    for key, file in files.items():
        if file and any(_inside(file, f"{results}/{own}") for own in OWN_FOLDERS):
            yield (
                f"{key}: {file!r} lies where the workflow keeps its own files (results: "
                f"{results!r}); move it, or give another folder as results"
            )


def check_local(paths: Mapping[str, str | None]) -> Iterator[str]:
    """Paths are of this machine, or of what is mounted here.

    Args:
        paths: By their keys.
    """
    for key, path in paths.items():
        if path and _ADDRESS.match(path):
            yield (
                f"{key}: {path!r} is an address, and photographs and results are read as files: "
                "mount the storage, or copy it here (docs/clusters.md)"
            )


def check_search(match: Match) -> Iterator[str]:
    """The search can find as many people as are asked for."""
    limited = "search: annoy" if match.search == "annoy" else f"ranking: {match.ranking}"
    if match.neighbours_only and match.results > match.neighbours:
        yield (
            f"match.results: {match.results} people cannot be found among "
            f"{match.neighbours} neighbours, the only faces looked at with {limited}; raise "
            "match.neighbours"
        )
    if match.search == "annoy" and match.search_k < match.neighbours:
        yield (
            f"match.search_k: {match.search_k} nodes cannot give {match.neighbours} "
            "neighbours; raise it, 200 times match.neighbours is usual"
        )


def check_threshold(threshold: Literal["auto"] | float | None, normalize: bool) -> Iterator[str]:
    """The threshold is one that tells anybody apart."""
    if isinstance(threshold, float) and threshold > 2 and normalize:
        yield (
            f"match.threshold: {threshold} would call everybody a match: with "
            "index.normalize: true no distance is above 2; give a smaller one, or auto"
        )


def check_vectors(import_vectors: bool, sidecars: str) -> Iterator[str]:
    """What is written is not read as if somebody else had made it."""
    if import_vectors and sidecars == "beside":
        yield (
            "import_vectors: with sidecars: beside the workflow would read back its own .vector "
            "files as if they were yours; set sidecars to results or none"
        )


def _inside(inner: str, outer: str) -> bool:
    """Tell whether a folder is another one or inside it, by its name or where links lead."""
    return any(
        PurePath(place(inner)).is_relative_to(place(outer))
        for place in (os.path.abspath, os.path.realpath)
    )
