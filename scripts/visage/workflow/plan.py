"""What follows from the config, before any job runs.

The Snakefile imports this module, so it needs the standard library only, and the modules that
say the same of themselves.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from visage.config import Config
from visage.errors import VisageError
from visage.layout import SETS, Results
from visage.models.detectors import kind_of as kind_of_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry
from visage.models.fingerprint import fingerprint
from visage.models.registry import Registry
from visage.sets.existing import listed
from visage.store.paths import as_text
from visage.workflow.gpu import gpus_to_ask_for
from visage.workflow.manifests import sidecars


@dataclass(frozen=True)
class Plan:
    """Facts that follow from the config."""

    names: str | None  # the names file that counts
    labels: str | None  # the labels file, where there is one
    says: bool  # somebody may have said something about faces
    queries_from_gallery: str  # what stands before a query's path, seen from the gallery's folder
    fingerprint: str  # of the model, as this process sees its packages
    lists: str | None  # folder of the <image>.json files
    gpus: int  # GPUs an embed job asks for
    embed_environment: str  # path from rules/
    embed_threads: int  # of one embed job
    # Set → what rules make of its photographs in this run; a job lists it when that is done.
    awaited: Mapping[str, list[str]] = field(default_factory=dict)


def make(
    config: Config,
    registry: Registry,
    demo: str,
    results: Results | None = None,
    rules: Iterable[Any] = (),
) -> Plan:
    """Derive the plan from a checked config.

    Args:
        config: The checked config.
        registry: The content of config/models.yaml.
        demo: The folder of the demo.
        results: The results folder, where it is not as the config says (a module's prefix).
        rules: Snakemake's rules so far: of an outer workflow, where this one is a module of it.

    Raises:
        VisageError: The config asks for what its model cannot tell.
    """
    entry = registry.model(config.model)
    _check_quality(config, entry)
    engine = ENGINES[entry.engine]
    gpus = gpus_to_ask_for(config.gpu, engine)
    folders = {name: config.folders(name) for name in listed(config)}
    made = {
        name: [file for folder in found for file in _makers(folder, demo, rules)]
        for name, found in folders.items()
    }
    return Plan(
        names=_names(config, demo),
        labels=_labels(config),
        says=bool(_labels(config) or config.import_labels),
        queries_from_gallery=_between(config),
        fingerprint=fingerprint(registry, entry),
        lists=sidecars(config, results or Results(Path(config.results)), "queries", "matches"),
        gpus=gpus,
        embed_environment=_embed_environment(entry, gpus),
        # What computes in the caller's thread gets more done in two jobs of one thread than in one
        # of two (docs/performance.md); the others bring threads, or wait for a GPU.
        embed_threads=2 if engine.threads_of_its_own or gpus else 1,
        awaited={name: files for name, files in made.items() if files},
    )


def _check_quality(config: Config, entry: ModelEntry) -> None:
    least = config.faces.min_quality
    if least != "auto" and least > 0 and entry.usual_length is None:
        raise VisageError(
            f"faces.min_quality: {least} cannot be asked of {config.model}, whose embeddings say "
            "nothing of how clear a face is. Leave it at auto, or choose a model that `visage "
            "models` gives a quality."
        )


def _makers(folder: str, demo: str, rules: Iterable[Any]) -> list[str]:
    """Give what rules make in or around the folder of a set; of the demo only what is not there.

    The demo's photographs are a set as any other as soon as they are there.
    """
    if is_in(folder, demo):
        sources = f"{demo}/sources.tsv"
        return [] if Path(sources).exists() else [sources]
    outputs = [str(file) for rule in rules for file in rule.output]
    around = [file for file in outputs if is_in(file, folder) or is_in(folder, file)]
    return [file for file in around if "{" not in file]


def is_in(inner: str, outer: str) -> bool:
    """Tell whether a path is another one or below it, both as they are written."""
    return PurePath(inner).is_relative_to(outer)


def _names(config: Config, demo: str) -> str | None:
    """Give the names file: the demo's, which is the default, only for the demo's people."""
    folders = [folder for name in listed(config) for folder in config.folders(name)]
    uses_demo = any(is_in(folder, demo) for folder in folders)
    return None if config.names and is_in(config.names, demo) and not uses_demo else config.names


def _labels(config: Config) -> str | None:
    return config.labels if config.labels and Path(config.labels).is_file() else None


def _between(config: Config) -> str:
    """Give the way from the gallery's folder to that of the queries: "" where they are the same."""
    gallery, queries = (os.path.realpath(config.folder(name)) for name in SETS)
    way = os.path.relpath(queries, gallery)
    return "" if way == "." else f"{as_text(way)}/"


def _embed_environment(entry: ModelEntry, gpus: int) -> str:
    """Give the environment of the engine, or of a detector that wants more."""
    name = kind_of_detector(entry.detector).environment or ENGINES[entry.engine].environment
    return f"../envs/{name}{'-cuda' if gpus else ''}.yaml"
