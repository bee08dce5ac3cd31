"""Which images a set holds: one pass over its folder, one manifest a shard.

The Snakefile imports this module, so it needs the standard library only.
"""

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from visage.errors import VisageError
from visage.store.files import write_if_changed

SETS = ("gallery", "queries")
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
VECTOR_SUFFIX = ".vector"

# File names are bytes, tables hold Unicode. Python gives undecodable bytes as lone surrogates,
# which UTF-8 cannot hold; they travel as private-use characters (the mapping of Cygwin and MirBSD).
_TO_TEXT = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_TO_PATH = {private: surrogate for surrogate, private in _TO_TEXT.items()}

# Made once, not for each of a million lines.
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def as_text(path: str) -> str:
    """Give a path from the operating system as text that any encoding can hold."""
    return path if path.isascii() else path.translate(_TO_TEXT)


def as_path(text: str) -> str:
    """Give the path that `as_text` made `text` from."""
    return text if text.isascii() else text.translate(_TO_PATH)


class Stat(NamedTuple):
    """What tells whether a file is still the same without reading it."""

    size: int  # bytes
    mtime_ns: int


class Entry(NamedTuple):
    """One image of a set, or one `.vector` file whose image is gone."""

    image: str  # relative to the set's folder, as `as_text` gives it
    stat: Stat
    vector: str | None = None  # an existing .vector file to take the embedding from, likewise
    vector_stat: Stat | None = None


@dataclass(frozen=True)
class Manifest:
    """One shard of a set: what is to be embedded, and how."""

    settings: dict  # everything besides the images that decides the shard's table
    entries: list[Entry]


def shard_of(image: str, shards: int) -> int:
    """Give the shard of an image: the same on every machine, whatever else is in the set."""
    return zlib.crc32(image.encode()) % shards


def label_of(image: str) -> str:
    """Give the folder of the first level: the person or the group; "" at the top level."""
    folder, separator, _ = image.partition("/")
    return folder if separator else ""


def list_entries(root: Path, import_vectors: bool) -> list[Entry]:
    """List the images below `root`, sorted by path; with `import_vectors` their vectors too.

    Folders whose name begins with a dot and the `._` files of macOS are left out. Links are
    followed, circles are not.

    Raises:
        VisageError: A folder cannot be read.
    """
    stats = {as_text(path): stat for path, stat in _walk(os.fspath(root), "", ())}
    images = sorted(path for path in stats if not path.endswith(VECTOR_SUFFIX))
    if not import_vectors:
        return [Entry(image, stats[image]) for image in images]
    vectors = _vectors_of(images, stats)
    entries = [
        Entry(image, stats[image], vector, stats[vector] if vector else None)
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


def _walk(
    folder: str, prefix: str, above: tuple[tuple[int, int], ...]
) -> Iterator[tuple[str, Stat]]:
    try:
        here = os.stat(folder)  # noqa: PTH116
        children = list(os.scandir(folder))
    except OSError as error:
        raise VisageError(
            f"The folder {folder} cannot be read: {error.strerror}. Change its permissions, or "
            "move it out of the set."
        ) from error
    identity = (here.st_dev, here.st_ino)
    if identity in above:
        return
    for child in children:
        try:
            if child.is_dir():
                if not child.name.startswith("."):
                    yield from _walk(child.path, f"{prefix}{child.name}/", (*above, identity))
            elif _is_listed(child.name):
                stat = child.stat()
                yield prefix + child.name, Stat(stat.st_size, stat.st_mtime_ns)
        except OSError:
            # A link to nowhere, or a file that went away just now: as an image it is unreadable,
            # and the embed job says so in a row.
            if _is_listed(child.name):
                yield prefix + child.name, Stat(-1, 0)


def _is_listed(name: str) -> bool:
    suffix = os.path.splitext(name)[1]  # noqa: PTH122 - a million Paths are slow
    wanted = suffix.lower() in IMAGE_SUFFIXES or suffix == VECTOR_SUFFIX
    return wanted and not name.startswith("._")


def check_set(key: str, root: Path, entries: list[Entry]) -> None:
    """Raise a VisageError if the set of config key `key` can give no result.

    Raises:
        VisageError: No image at all, or (gallery) images at the top level only.
    """
    if not entries:
        raise VisageError(
            f"{key}: no image in {root.absolute()} (looked in all its folders for "
            f"{', '.join(sorted(IMAGE_SUFFIXES))}, in any letter case). Put photographs there or "
            "name another folder."
        )
    if key == "gallery" and not any(label_of(entry.image) for entry in entries):
        raise VisageError(
            f"gallery: the {len(entries)} images of {root.absolute()} lie at its top level, so "
            "nothing says who is in them. Give each person a folder: <gallery>/<person>/<image>."
        )


def write_manifests(folder: Path, entries: list[Entry], shards: int, settings: dict) -> None:
    """Write one manifest a shard into `folder`, only where its content changed.

    Manifests of higher numbers, left from a run with more shards, are removed.
    """
    parts: list[list[Entry]] = [[] for _ in range(shards)]
    for entry in entries:
        parts[shard_of(entry.image, shards)].append(entry)
    for shard, part in enumerate(parts):
        needs_model = any(entry.vector is None for entry in part)
        header = json.dumps(settings | {"needs_model": needs_model}, sort_keys=True)
        lines = [header, *(_line(entry) for entry in part)]
        write_if_changed(folder / f"{shard}.jsonl", "\n".join(lines) + "\n")
    for path in folder.glob("*.jsonl"):
        if int(path.stem) >= shards:
            path.unlink()


def _line(entry: Entry) -> str:
    vector = [entry.vector, *entry.vector_stat] if entry.vector and entry.vector_stat else []
    return _ENCODE([entry.image, *entry.stat, *vector])


def read_settings(path: Path) -> dict:
    """Read only the settings of a manifest."""
    with path.open(encoding="utf-8") as file:
        return json.loads(file.readline())


def read_manifest(path: Path) -> Manifest:
    """Read a manifest that `write_manifests` wrote."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    return Manifest(json.loads(first), [_entry(json.loads(line)) for line in lines])


def _entry(fields: list) -> Entry:
    image, size, mtime_ns, *vector = fields
    if not vector:
        return Entry(image, Stat(size, mtime_ns))
    return Entry(image, Stat(size, mtime_ns), vector[0], Stat(vector[1], vector[2]))
