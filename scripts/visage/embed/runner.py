"""From a shard's manifest to its faces table, its sidecars and its part of the cache.

manifest ─► Reader ─► Extractor ─► rows ─► table, .vector files
           (bytes)   (faces with embeddings)
              ▲            │
            Hashes       Cache
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from visage.embed.analysis import Analysis
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.progress import Progress
from visage.embed.reader import Reader, Task, Tasks
from visage.embed.rows import imported_row, nameless, nameless_row, rows_of, to_table
from visage.embed.sheets import Sheets
from visage.images.parts import WHOLE
from visage.models.model import Installed
from visage.notices import notify
from visage.sets.deny import DenyList, read_deny
from visage.sets.listing import Manifest, read_manifest
from visage.sets.regions import read_regions
from visage.store.faces import FaceRow
from visage.store.sidecars import prominent_embeddings, remove_orphans, write_vectors
from visage.store.tables import Origin, write_table

log = logging.getLogger(__name__)

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")  # the name of a model's cache


@dataclass(frozen=True)
class Source:
    """The images of one shard, and what the user says of them."""

    manifest: Path  # what `visage.sets.listing.manifests` gave for the shard
    root: Path  # the folder of the set
    shards: int = 1  # how many the set has
    regions: Path | None = None  # the TSV of the config's `faces.regions`
    deny: str | None = None  # the deny list; photographs it denies get a row that says so

    @property
    def hashes_name(self) -> str:
        """The name of the file with the hashes of these images."""
        place = hashlib.sha256(os.fsencode(self.root.absolute())).hexdigest()[:12]
        return f"{self.manifest.parent.parent.name}-{self.manifest.stem}-{place}.parquet"


@dataclass(frozen=True)
class Destination:
    """Where the results of a shard go."""

    table: Path  # the faces table to write
    cache: Path  # the folder of all models' caches
    vectors: Path | None = None  # the folder for `.vector` files; None for none


def embed_shard(
    source: Source,
    model: Installed,
    destination: Destination,
    threads: int,
) -> None:
    """Embed the images of one shard.

    Args:
        source: The images.
        model: What embeds them; loaded when the first image needs it.
        destination: Where the results go.
        threads: For decoding, detection and recognition.

    Raises:
        VisageError: The model cannot be loaded, or an image has no face where each must.
    """
    shard = read_manifest(source.manifest)
    say_if_anew(destination.cache, model.origin)
    deny = read_deny(source.deny)
    hashes = Hashes(destination.cache / "hashes" / source.hashes_name)
    with _closing(Cache(destination.cache / model.fingerprint, model.entry.usual_length)) as cache:
        reader = Reader(source.root, hashes, partial(deny.denies, "content"))
        load = partial(model.load, threads)
        embedder = Embedder(reader, shard.settings.faces, load, cache, threads)
        name = f"{shard.settings.set} {source.manifest.stem}"
        regions = read_regions(source.regions, shard.settings.set) if source.regions else {}
        made = Tasks(regions)
        waiting = _listed(shard, deny, _tasks(shard, source.root, made))
        rows = _known_rows(shard, source.root, model.entry.dimension)
        with Progress(destination.cache / "progress", name, len(waiting)) as progress:
            while waiting:
                further: list[Task] = []
                for task, result in embedder.run(waiting):
                    rows[task.entry.image] += rows_of(task, result, shard.settings.faces)
                    progress.step()
                    if isinstance(result, Analysis):
                        further += _listed(shard, deny, made.further(task, result.pages))
                progress.more(len(further))
                waiting = further
    hashes.save()
    table = to_table(shard, rows)
    log.info("%s", _summary(shard, table, embedder.embedded))
    if destination.vectors:
        write_vectors(destination.vectors, table)
    _remove_orphans(source, destination, table)
    write_table(destination.table, table, model.origin)


def say_if_anew(cache: Path, model: Origin) -> None:
    """Tell the user that what another model embedded does not count for this one; once.

    The first job of a model makes the folder of its cache, and no other job does.

    Args:
        cache: The folder of all models' caches.
        model: Which is to embed now.
    """
    known = cache.iterdir() if cache.is_dir() else ()
    others = [path for path in known if _FINGERPRINT.fullmatch(path.name) and any(path.iterdir())]
    try:
        (cache / model.fingerprint).mkdir(parents=True)
    except FileExistsError:
        return
    if others:
        notify(
            "The photographs were embedded by another model before, or other weights or packages "
            f"than {model.model} has now: they are embedded anew, once. What was known stays in "
            f"{cache}; without it nothing is lost but time."
        )


@contextmanager
def _closing(cache: Cache) -> Iterator[Cache]:
    """Write the cache at the end: what was computed before an error is not computed again."""
    try:
        yield cache
    finally:
        cache.close()


def _tasks(shard: Manifest, root: Path, made: Tasks) -> list[Task]:
    """Give what the model has to see; of files with several pages the first."""
    sheets = Sheets(root, shard.settings.sprites)
    left_out = {entry.image for entry in nameless(shard)}
    entries = (e for e in shard.entries if e.vector is None and e.image not in left_out)
    return [task for entry in entries for task in made.of(entry, sheets.parts(entry))]


def _listed(shard: Manifest, deny: DenyList, tasks: list[Task]) -> list[Task]:
    """Leave out pages and tiles that are denied by name, as denied files are not even listed."""
    name = shard.settings.set
    return [
        task
        for task in tasks
        if task.part == WHOLE
        or not deny.leaves_out(name, task.entry._replace(image=task.image, vector=None))
    ]


def _known_rows(shard: Manifest, root: Path, dimension: int) -> dict[str, list[FaceRow]]:
    """Give the rows of the images that no model has to see; for the others an empty list."""
    rows: dict[str, list[FaceRow]] = {entry.image: [] for entry in shard.entries}
    imported = [entry for entry in shard.entries if entry.vector is not None]
    rows |= {entry.image: [imported_row(root, entry, dimension)] for entry in imported}
    return rows | {entry.image: [nameless_row(entry)] for entry in nameless(shard)}


def _remove_orphans(source: Source, destination: Destination, table: pa.Table) -> None:
    """Remove `.vector` files of images that have gone; beside the images others' lie too."""
    kept = {image for image, _ in prominent_embeddings(table)}
    folder = destination.table.parent.parent / "vectors"
    shard = int(source.manifest.stem)
    remove_orphans(folder, ".vector", shard, source.shards, kept.__contains__)


def _summary(shard: Manifest, table: pa.Table, embedded: int) -> str:
    faces = len(table) - table["embedding"].null_count
    imported = sum(entry.vector is not None for entry in shard.entries)
    return (
        f"{shard.settings.set}: {len(shard.entries)} images, {faces} faces; "
        f"embedded {embedded}, imported {imported}, the rest known already"
    )
