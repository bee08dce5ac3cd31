"""Which images a set holds: one pass over its folder, one manifest a shard.

The Snakefile imports this module, so it needs the standard library and the config only.
"""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from visage.config.faces import Faces
from visage.config.section import Section
from visage.config.sprites import Sprites
from visage.errors import VisageError
from visage.formats import readable
from visage.layout import SETS
from visage.sets.sheets import cues_of
from visage.sets.walk import VECTOR_SUFFIX, Found, Stat, walk
from visage.store.parts import file_of
from visage.store.paths import as_path, as_text, nfc, shard_of

__all__ = ["SETS", "Entry", "Manifest", "Stat", "as_path", "as_text", "shard_of"]

# Made once, not for each of a million lines.
_NONE = (0, 0)
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class Entry(NamedTuple):
    """One image of a set, or one `.vector` file whose image is gone."""

    image: str  # relative to the set's folder, as `as_text` gives it
    stat: Stat
    vector: str | None = None  # an existing .vector file to take the embedding from, likewise
    vector_stat: Stat | None = None
    cues: str | None = None  # a .vtt file that may cut it into tiles, likewise
    cues_stat: Stat | None = None


class ShardSettings(Section):
    """Everything besides the images that decides a shard's table and its sidecars."""

    set: str
    root: str = ""  # the set's folder
    entry: str = ""  # the model's name in config/models.yaml
    model: str  # its fingerprint
    faces: Faces = Faces()
    sprites: Sprites = Sprites()
    import_vectors: bool = False
    vectors: str | None = None  # the folder of the `.vector` files; None: none are written
    regions: str | None = None  # SHA-256 of the file of the config's `faces.regions`
    denied: str | None = None  # digest of the images and contents on the deny list
    shards: int = 1
    needs_model: bool = True  # some image has no embedding to import


@dataclass(frozen=True)
class Manifest:
    """One shard of a set: what is to be embedded, and how."""

    settings: ShardSettings
    entries: list[Entry]


def label_of(image: str) -> str:
    """Give the folder of the first level: the person or the group; "" at the top level.

    In NFC: a person's folder that comes from a Mac is that of the same person.
    """
    folder, separator, _ = image.partition("/")
    return nfc(folder) if separator else ""


def list_entries(root: Path, import_vectors: bool) -> list[Entry]:
    """List the pictures and films below `root`, sorted by path; perhaps their vectors too.

    Raises:
        VisageError: A folder cannot be read, or a link of the first level leads nowhere.
    """
    return entries_of(walk(os.fspath(root)), import_vectors)


def listing_record(found: Found, denied: int) -> str:
    """Say what a set's folder holds and what was left out, for the report and the last line.

    Args:
        found: What the walk found.
        denied: Images that the deny list leaves out.

    Returns:
        What stands in `visage.layout.SetFolder.listing`.
    """
    images = [as_text(path) for path in found.files if not path.endswith(VECTOR_SUFFIX)]
    used = {path for path, _ in (_cues(image, found) for image in images) if path}
    record = {
        "images": len(images),
        "denied": denied,
        "litter": dict(sorted(found.litter.items())),
        "excluded": dict(sorted(found.excluded.items())),
        "other": found.other + len(found.cues) - len(used),
        "again": {as_text(link): as_text(there) for link, there in sorted(found.again.items())},
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def entries_of(found: Found, import_vectors: bool) -> list[Entry]:
    """Give what a walk found as the entries of a set, sorted by path."""
    stats = {as_text(path): stat for path, stat in found.files.items()}
    images = sorted(path for path in stats if not path.endswith(VECTOR_SUFFIX))
    _refuse_doubles(images, stats)
    if not import_vectors:
        return [Entry(image, stats[image], None, None, *_cues(image, found)) for image in images]
    vectors = _vectors_of(images, stats)
    entries = [
        Entry(image, stats[image], vector, stats[vector] if vector else None, *_cues(image, found))
        for image, vector in vectors.items()
    ]
    taken = {vector for vector in vectors.values() if vector}
    orphans = sorted(p for p in stats if p.endswith(VECTOR_SUFFIX) and p not in taken)
    stems = {os.path.splitext(image)[0] for image in images}  # noqa: PTH122 - text, not a path
    entries += [
        Entry(vector, stats[vector], vector, stats[vector])
        for vector in orphans
        if vector.removesuffix(VECTOR_SUFFIX) not in stems
    ]
    return sorted(entries, key=lambda entry: entry.image)


def _cues(image: str, found: Found) -> tuple[str | None, Stat | None]:
    if found.cues:
        for path in cues_of(image):
            if stat := found.cues.get(as_path(path)):
                return path, stat
    return None, None


def _refuse_doubles(images: list[str], stats: Collection[str]) -> None:
    for image in images:
        if "#" in image and (file := file_of(image)) != image and file in stats:
            raise VisageError(
                f"{image} lies beside {file}, whose parts go by such names. Rename one of them."
            )


def _vectors_of(images: list[str], stats: dict[str, Stat]) -> dict[str, str | None]:
    """Find for each image `a.jpg` the file `a.jpg.vector`, or `a.vector` if that is only its own.

    The original program wrote `a.vector` for `a.jpg` and for `a.png`: whose it is cannot be
    known where both exist, so neither takes it.
    """
    stems: dict[str, int] = {}
    for image in images:
        stem = os.path.splitext(image)[0]  # noqa: PTH122 - text, not a path
        stems[stem] = stems.get(stem, 0) + 1
    found: dict[str, str | None] = {}
    for image in images:
        stem = os.path.splitext(image)[0]  # noqa: PTH122 - text, not a path
        own, shared = image + VECTOR_SUFFIX, stem + VECTOR_SUFFIX
        if own in stats:
            found[image] = own
        else:
            found[image] = shared if shared in stats and stems[stem] == 1 else None
    return found


def check_set(key: str, root: Path, entries: list[Entry]) -> None:
    """Raise a VisageError if the set of config key `key` can give no result.

    Raises:
        VisageError: No image at all, or (gallery) images at the top level only.
    """
    if not entries:
        raise VisageError(
            f"{key}: no image in {root.absolute()} (looked in all its folders for "
            f"{', '.join(readable())}). Put photographs there or name another folder."
        )
    if key == "gallery" and not any(label_of(entry.image) for entry in entries):
        raise VisageError(
            f"gallery: the {len(entries)} images of {root.absolute()} lie at its top level, so "
            "nothing says who is in them. Give each person a folder: <gallery>/<person>/<image>."
        )


def manifests(
    folder: Path, entries: list[Entry], settings: ShardSettings
) -> Iterator[tuple[Path, str]]:
    """Give one manifest a shard, its path in `folder` and its text."""
    parts: list[list[Entry]] = [[] for _ in range(settings.shards)]
    for entry in entries:
        parts[shard_of(entry.image, settings.shards)].append(entry)
    for shard, part in enumerate(parts):
        needs_model = any(entry.vector is None for entry in part)
        header = json.dumps(settings.replace(needs_model=needs_model).as_data(), sort_keys=True)
        lines = [header, *(_line(entry) for entry in part)]
        yield folder / f"{shard}.jsonl", "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    fields = [entry.image, *entry.stat]
    if entry.vector or entry.cues:
        fields += [entry.vector, *(entry.vector_stat or _NONE)]
    if entry.cues and entry.cues_stat:
        fields += [entry.cues, *entry.cues_stat]
    return _ENCODE(fields)


def read_settings(path: Path) -> ShardSettings:
    """Read only the settings of a manifest."""
    with path.open(encoding="utf-8") as file:
        return ShardSettings.model_validate_json(file.readline())


def read_manifest(path: Path) -> Manifest:
    """Read a manifest that `manifests` gave."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    return Manifest(
        ShardSettings.model_validate_json(first), [_entry(json.loads(line)) for line in lines]
    )


def _entry(fields: list) -> Entry:
    image, size, mtime_ns, *more = fields
    return Entry(image, Stat(size, mtime_ns), *_place(more[:3]), *_place(more[3:]))


def _place(fields: list) -> tuple[str | None, Stat | None]:
    return (fields[0], Stat(fields[1], fields[2])) if fields and fields[0] else (None, None)
