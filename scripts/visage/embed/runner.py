"""From a shard's manifest to its faces table, its sidecars and its part of the cache."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from visage.embed.cache import Cache, Hashes
from visage.embed.embedder import Embedder, Task, imported_rows, rows_of, tasks_of
from visage.embed.progress import Progress
from visage.models.entries import ModelEntry
from visage.models.fingerprint import fingerprint
from visage.models.model import load_model
from visage.models.registry import Registry
from visage.models.weights.verify import verify_model
from visage.sets.deny import read_deny
from visage.sets.listing import Entry, Manifest, label_of, read_manifest
from visage.sets.regions import Region, read_regions
from visage.store.sidecars import prominent_embeddings, remove_orphans, write_vectors
from visage.store.tables import FACES, Origin, write_table
from visage.types import Model

log = logging.getLogger(__name__)


def embed_shard(
    manifest: Path,
    root: Path,
    registry: Registry,
    model: str,
    weights: Path,
    cache: Path,
    output: Path,
    vectors: Path | None,
    regions: Path | None,
    shards: int,
    threads: int,
    deny: str | None = None,
    screen: TextIO | None = None,
) -> None:
    """Embed the images of one shard.

    Args:
        manifest: What `visage.sets.listing.write_manifests` wrote for the shard.
        root: The folder of the set.
        registry: The content of config/models.yaml.
        model: The name of its entry to embed with.
        weights: The folder with its files.
        cache: The folder of all models' caches.
        output: The faces table to write.
        vectors: The folder for `.vector` files; None for none.
        regions: The TSV of the config's `faces.regions`.
        shards: How many shards the set has.
        threads: For decoding, detection and recognition.
        deny: The deny list; photographs whose content it denies get a row that says so.
        screen: Where to show how far the job is, if it is a terminal.

    Raises:
        VisageError: The model cannot be loaded, or an image has no face where each must.
    """
    shard = read_manifest(manifest)
    entry = registry.model(model)
    origin = Origin(model, fingerprint(registry, entry))

    def load() -> Model:
        verify_model(registry, model, weights)
        return load_model(entry, weights, threads)

    store = Cache(cache / origin.fingerprint)
    seen = Hashes(cache / "hashes" / _hashes_name(manifest, root))
    denied = partial(read_deny(deny).denies, "content")
    embedder = Embedder(root, shard.settings.faces, load, store, seen, threads, denied)
    try:
        chosen = read_regions(regions, shard.settings.set) if regions else None
        name = f"{shard.settings.set} {manifest.stem}"
        start = partial(Progress, cache / "progress", name, screen=screen)
        rows = _rows(shard, root, embedder, chosen, entry, start)
    finally:
        # Whatever was computed before something went wrong is not computed again.
        store.close()
    seen.save()
    table = to_table(shard, rows)
    log.info("%s", _summary(shard, table, embedder.embedded))
    if vectors:
        write_vectors(vectors, table)
    # In the results only: beside the images lie other programs' files too.
    _remove_orphans(output.parent.parent / "vectors", manifest, shards, table)
    write_table(output, table, origin)


def _hashes_name(manifest: Path, root: Path) -> str:
    place = hashlib.sha256(os.fsencode(root.absolute())).hexdigest()[:12]
    return f"{manifest.parent.parent.name}-{manifest.stem}-{place}.parquet"


def _rows(
    shard: Manifest,
    root: Path,
    embedder: Embedder,
    regions: dict[str, list[Region]] | None,
    entry: ModelEntry,
    start: Callable[[int], Progress],
) -> dict[str, list[dict]]:
    settings = shard.settings.faces
    rows: dict[str, list[dict]] = {}
    for item in shard.entries:
        if item.vector is not None:
            rows[item.image] = imported_rows(root, item, entry.dimension)
    tasks: list[Task] = tasks_of(_without(shard, _nameless(shard)), regions)
    with start(len(tasks)) as progress:
        for task, result in embedder.run(tasks):
            rows[task.entry.image] = rows_of(task, result, settings)
            progress.step()
    for item in _nameless(shard):
        reason = "it lies at the gallery's top level: move it into its person's folder"
        rows[item.image] = [{"image": item.image, "status": "no_person", "reason": reason}]
    return rows


def _nameless(shard: Manifest) -> list[Entry]:
    if shard.settings.set != "gallery":
        return []
    return [entry for entry in shard.entries if not label_of(entry.image)]


def _without(shard: Manifest, left_out: Iterable[Entry]) -> Manifest:
    names = {entry.image for entry in left_out}
    return Manifest(shard.settings, [e for e in shard.entries if e.image not in names])


def to_table(shard: Manifest, rows: dict[str, list[dict]]) -> pa.Table:
    """Give the rows of all images, in the order of the manifest, as a table of `FACES`."""
    label = "person" if shard.settings.set == "gallery" else "group"
    ordered = [
        row | {label: label_of(entry.image)} for entry in shard.entries for row in rows[entry.image]
    ]
    return pa.Table.from_pylist(ordered, FACES)


def _remove_orphans(vectors: Path, manifest: Path, shards: int, table: pa.Table) -> None:
    kept = {image for image, _ in prominent_embeddings(table)}
    remove_orphans(vectors, ".vector", int(manifest.stem), shards, kept.__contains__)


def _summary(shard: Manifest, table: pa.Table, embedded: int) -> str:
    faces = len(table) - table["embedding"].null_count
    imported = sum(entry.vector is not None for entry in shard.entries)
    return (
        f"{shard.settings.set}: {len(shard.entries)} images, {faces} faces; "
        f"embedded {embedded}, imported {imported}, the rest known already"
    )
