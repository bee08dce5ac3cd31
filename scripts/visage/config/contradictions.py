"""Values of the config that are right by themselves but cannot go together."""

import os
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import PurePath
from typing import Any

# Folders of `results` that the workflow fills and cleans up: no place for photographs.
_OWN = ("gallery", "queries", "report", "cache", "logs", "benchmarks")


def contradictions(config: dict[str, Any], wrong: Collection[str]) -> Iterator[str]:
    """Give a line for each contradiction in a config with all its defaults.

    Args:
        config: The config; where it breaks the schema it may hold anything.
        wrong: Dotted keys that break the schema; what depends on them is not checked.
    """
    if "" in wrong:  # the config is no mapping at all
        return
    for keys, check in _CHECKS:
        if not any(f"{key}.".startswith(f"{bad}.") for key in keys for bad in wrong):
            yield from check(config)


def _check_sets(config: dict[str, Any]) -> Iterator[str]:
    gallery, queries = config["gallery"], config["queries"]
    if _inside(gallery, queries) and _inside(queries, gallery):
        yield (
            f"queries: {queries!r} is the gallery too, where every photograph would find "
            "itself; give another folder"
        )
        return
    for outer, inner in (("gallery", "queries"), ("queries", "gallery")):
        if _inside(config[inner], config[outer]):
            yield (
                f"{inner}: the folder {config[inner]!r} is inside that of {outer} "
                f"({config[outer]!r}), whose photographs it would be taken for; move it out"
            )


def _check_results(config: dict[str, Any]) -> Iterator[str]:
    results = config["results"]
    if _inside(".", results) and _inside(results, "."):
        yield f"results: {results!r} is the working folder itself; give a folder of its own"
        return
    for key in ("gallery", "queries"):
        if _inside(results, config[key]):
            yield (
                f"results: the folder {results!r} is inside that of {key} "
                f"({config[key]!r}), whose photographs it would be taken for; give another"
            )
        elif any(_inside(config[key], f"{results}/{own}") for own in _OWN):
            yield (
                f"{key}: the folder {config[key]!r} is where the workflow keeps its own files "
                f"(results: {results!r}); move the photographs, or give another folder as "
                "results"
            )


def _check_search(config: dict[str, Any]) -> Iterator[str]:
    match = config["match"]
    limited = "search: annoy" if match["search"] == "annoy" else "ranking: visage"
    few = match["search"] == "annoy" or match["ranking"] == "visage"
    if few and match["results"] > match["neighbours"]:
        yield (
            f"match.results: {match['results']} people cannot be found among "
            f"{match['neighbours']} neighbours, the only faces looked at with {limited}; raise "
            "match.neighbours"
        )
    if match["search"] == "annoy" and match["search_k"] < match["neighbours"]:
        yield (
            f"match.search_k: {match['search_k']} nodes cannot give {match['neighbours']} "
            "neighbours; raise it, 200 times match.neighbours is usual"
        )


def _check_threshold(config: dict[str, Any]) -> Iterator[str]:
    threshold = config["match"]["threshold"]
    if isinstance(threshold, float) and threshold > 2 and config["index"]["normalize"]:
        yield (
            f"match.threshold: {threshold} would call everybody a match: with "
            "index.normalize: true no distance is above 2; give a smaller one, or auto"
        )


def _check_vectors(config: dict[str, Any]) -> Iterator[str]:
    if config["import_vectors"] and config["sidecars"] == "beside":
        yield (
            "import_vectors: with sidecars: beside the workflow would read back its own .vector "
            "files as if they were yours; set sidecars to results or none"
        )


def _check_retention(config: dict[str, Any]) -> Iterator[str]:
    try:
        date.fromisoformat(config["retain_until"] or "2030-12-31")
    except ValueError as error:
        yield f"retain_until: {config['retain_until']!r} is not a day of the calendar ({error})"


_Check = Callable[[dict[str, Any]], Iterator[str]]
_CHECKS: list[tuple[tuple[str, ...], _Check]] = [
    (("gallery", "queries"), _check_sets),
    (("gallery", "queries", "results"), _check_results),
    (("match.search", "match.ranking", "match.results", "match.neighbours"), _check_search),
    (("match.threshold", "index.normalize"), _check_threshold),
    (("import_vectors", "sidecars"), _check_vectors),
    (("retain_until",), _check_retention),
]


def _inside(inner: str, outer: str) -> bool:
    """Tell whether a folder is another one or inside it, by its name or where links lead."""
    return any(
        PurePath(place(inner)).is_relative_to(place(outer))
        for place in (os.path.abspath, os.path.realpath)
    )
