"""Both sets listed, and what each shard is to embed written down.

The Snakefile imports this module, so nothing heavy is imported here.
"""

import gc
import hashlib
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from visage.config import Config
from visage.errors import VisageError
from visage.layout import GALLERY, Results
from visage.sets.deny import DenyList, read_deny
from visage.sets.excludes import Excludes
from visage.sets.listing import (
    Entry,
    ShardSettings,
    as_text,
    check_set,
    entries_of,
    label_of,
    listing_record,
    manifests,
)
from visage.sets.notes import notes, read_written
from visage.sets.regions import read_regions, unknown_images
from visage.sets.walk import Found, walk

log = logging.getLogger(__name__)

_SHOWN = 5  # folders that are told of by name


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spare the search for circles among a million entries, which have none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_no_garbage_collection()  # a tenth of planning a million images
def write_listing(
    config: Config,
    results: Results,
    fingerprint: str,
    names: Collection[str],
    write: Callable[[Path, str], object],
    roots: Mapping[str, Path] | None = None,
) -> None:
    """Write the manifests of sets.

    Args:
        config: The checked config.
        results: The results folder.
        fingerprint: Of the config's model.
        names: Of the sets.
        write: Takes a path and what is to stand there.
        roots: The folders of the sets, where they are not yet as the config will have them.

    Raises:
        VisageError: A set has no image, or none that may be looked at.
    """
    deny = read_deny(config.deny)
    excludes = Excludes(config.exclude) if config.exclude else None
    images: list[str] = []
    for name in names:
        root = (roots or {}).get(name) or Path(config.folder(name))
        found = walk(str(root), excludes)
        everything = entries_of(found, config.import_vectors)
        check_set(name, root, everything)
        images += [entry.image for entry in everything]
        entries = [entry for entry in everything if not deny.leaves_out(name, entry)]
        _say_what_is_odd(name, found, everything)
        denied = len(everything) - len(entries)
        write(results.set(name).listing, listing_record(found, denied))
        if not entries:
            raise VisageError(f"{name}: all images of {root.absolute()} are on {config.deny}.")
        settings = _shard_settings(config, results, name, fingerprint, deny)
        for path, text in manifests(results.set(name).manifests, entries, settings):
            write(path, text)
        if config.import_labels:
            seen = (entry.image for entry in entries)
            folder, ours = results.set(name).notes(0).parent, read_written(results.written)
            for path, text in notes(folder, root, seen, config.import_labels, config.shards, ours):
                write(path, text)
    _say_what_fits_nothing(config, images, deny, excludes)


def _shard_settings(
    config: Config, results: Results, name: str, fingerprint: str, deny: DenyList
) -> ShardSettings:
    """Give what an embed job of a set goes by."""
    regions = config.faces.regions
    return ShardSettings(
        set=name,
        root=config.folder(name),
        entry=config.model,
        model=fingerprint,
        faces=config.faces,
        sprites=config.sprites,
        import_vectors=config.import_vectors,
        vectors=sidecars(config, results, name, "vectors"),
        regions=hashlib.sha256(Path(regions).read_bytes()).hexdigest() if regions else None,
        denied=deny.images(),
        shards=config.shards,
    )


def _say_what_fits_nothing(
    config: Config, images: Collection[str], deny: DenyList, excludes: Excludes | None
) -> None:
    """Warn of lines that somebody wrote and that are about nothing in the sets."""
    if config.faces.regions:
        regions = Path(config.faces.regions)
        for unknown in unknown_images(read_regions(regions), images):
            log.warning("faces.regions: %s: %s", regions, unknown)
    for kind, value in deny.unused():
        log.warning("deny: %s: %s %r is in no set; is it written right?", config.deny, kind, value)
    for pattern in excludes.unused if excludes else ():
        log.warning("exclude: %r fits nothing; is it written right?", pattern)


def _say_what_is_odd(name: str, found: Found, entries: Collection[Entry]) -> None:
    if name == GALLERY and (empty := _without_photographs(found, entries)):
        shown = ", ".join(map(repr, empty[:_SHOWN])) + (" and others" if empty[_SHOWN:] else "")
        log.warning("gallery: %s: there is no photograph, so nobody is known by it", shown)
    for link, there in found.again.items():
        if "/" not in link:  # a person or a group
            log.warning(
                "%s: %s is another way to %s, whose images are listed once, there",
                name,
                link,
                there or "the set's own folder",
            )


def _without_photographs(found: Found, entries: Collection[Entry]) -> list[str]:
    """Give the people's folders in which nothing was found that may be a photograph."""
    known = {label_of(entry.image) for entry in entries}
    return sorted({label_of(f"{as_text(folder)}/") for folder in found.folders} - known)


def sidecars(config: Config, results: Results, name: str, kind: str) -> str | None:
    """Give the folder of a set's `vectors` or `matches`; None: there are no sidecars."""
    below = str(results.set(name).root / kind)
    return {"results": below, "beside": config.folder(name), "none": None}[config.sidecars]
