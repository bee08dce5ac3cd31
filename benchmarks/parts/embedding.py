"""Photographs of a folder through a model, outside the workflow but by the workflow's own code."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from visage.embed.runner import Destination, Source, embed_shard
from visage.models.model import Installed
from visage.models.registry import Registry
from visage.sets.listing import ShardSettings, list_entries, manifests
from visage.store.files import write_text
from visage.store.tables import read_table

# The config's defaults but for nothing: what a user gets who changes no key.


@dataclass(frozen=True)
class Models:
    """The register of models, where their weights lie, and where to keep what was computed."""

    registry: Registry
    weights: Path
    work: Path
    threads: int = 2


@dataclass(frozen=True)
class Embedded:
    """A folder's faces table, and the seconds an image it took (0 if taken from the cache)."""

    table: Path
    seconds: float

    def read(self) -> pa.Table:
        """Read the faces table."""
        return read_table(self.table)


def resized(models: Models, model: str, detection_size: int | None) -> tuple[Models, str]:
    """Give a model with another detection size, registered under a name of its own."""
    if detection_size is None:
        return models, model
    entry = models.registry.model(model).model_copy(update={"detection_size": detection_size})
    name = f"{model}@{detection_size}"
    return replace(models, registry=models.registry.with_model(name, entry)), name


def embed(folder: Path, models: Models, model: str, labelled: bool) -> Embedded:
    """Embed all images below `folder`; what was embedded before comes from the cache.

    Args:
        folder: With `labelled` as <person>/<image>.
        models: The register and the folders.
        model: The name of its entry.
        labelled: Whether the folders of the first level are people.
    """
    name = "gallery" if labelled else "queries"
    installed = Installed(models.registry, model, models.weights)
    place = models.work / model / f"{folder.parent.name}-{folder.name}"
    entries = list_entries(folder, import_vectors=False)
    settings = ShardSettings(set=name, model=installed.fingerprint)
    for path, text in manifests(place / name, entries, settings):
        write_text(path, text)
    start = time.perf_counter()
    embed_shard(
        Source(place / name / "0.jsonl", folder),
        installed,
        Destination(place / f"{name}.parquet", models.work / "cache"),
        models.threads,
    )
    seconds = (time.perf_counter() - start) / max(1, len(entries))
    return Embedded(place / f"{name}.parquet", seconds)
