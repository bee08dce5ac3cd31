"""A gallery taken from one's own Stash: each performer a folder with their pictures.

Their own picture, and photographs that are tagged with nobody else. It runs only when
`fetch_gallery` is asked for by name; a second time only what changed is fetched.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from visage.sets.deny import DenyList
from visage.stashbox.graphql import Refused
from visage.stashbox.stash import Stash, StashPerformer
from visage.store.files import PRIVATE, replacing, write_text

log = logging.getLogger(__name__)

RECORD = ".visage-stash.json"  # in the gallery: which files are from Stash, and of what state
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
}


@dataclass(frozen=True)
class Wanted:
    """A picture of a performer."""

    person: str
    name: str  # of the file, without its suffix
    address: str
    updated: str

    @property
    def key(self) -> str:
        """What it is called in the record."""
        return f"{self.person}/{self.name}"


def fetch_gallery(
    stash: Stash, folder: Path, names: Path, deny: DenyList, box: str | None = None
) -> Counter[str]:
    """Bring a gallery folder up to what Stash holds now.

    Files that came from Stash and are no longer wanted go; all others in the folder are one's own
    and stay.

    Args:
        stash: Whom to ask.
        folder: The gallery: `<folder>/<person>/<picture>`.
        names: The names file to write; point `names` at it.
        deny: Who is not fetched.
        box: The stash-box whose ids are preferred.

    Returns:
        How many pictures were fetched, kept, removed, and could not be had; how many people.

    Raises:
        VisageError: Stash refuses or cannot be reached. What was fetched is kept and not asked for
            again.
    """
    record = _read(folder / RECORD)
    counts: Counter[str] = Counter()
    people: dict[str, Any] = {}
    seen: set[str] = set()
    try:
        for performer in stash.performers(box):
            if deny.denies("person", performer.person) or deny.denies("person", performer.name):
                counts["denied"] += 1
                continue
            people[performer.person] = _entry(performer)
            for wanted in _wanted(stash, performer):
                seen.add(wanted.key)
                counts[_fetch(stash, folder, wanted, record, deny)] += 1
        counts["removed"] = _remove(folder, record, seen)
    finally:
        _write(folder / RECORD, record)
    counts["people"] = len(people)
    text = json.dumps(people, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(names, text + "\n", PRIVATE)
    log.info("%s", ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return counts


def _entry(performer: StashPerformer) -> dict[str, Any]:
    entry = {
        "name": performer.name,
        "aliases": list(performer.aliases),
        "country": performer.country,
        "endpoint": performer.endpoint,
        # Within Stash: its plugins show our answers on its own pages, some after its address.
        "image": urlsplit(performer.picture).path if performer.picture else None,
    }
    return {key: value for key, value in entry.items() if value}


def _wanted(stash: Stash, performer: StashPerformer) -> Iterator[Wanted]:
    if performer.picture:
        yield Wanted(performer.person, "performer", performer.picture, performer.updated)
    for image in stash.images_of(performer):
        if image.picture:
            yield Wanted(performer.person, f"image-{image.number}", image.picture, image.updated)


def _fetch(
    stash: Stash, folder: Path, wanted: Wanted, record: dict[str, dict], deny: DenyList
) -> str:
    """Fetch a picture if it changed; tell what became of it."""
    known = record.get(wanted.key)
    if known and known["updated"] == wanted.updated and (folder / known["file"]).is_file():
        return "kept"
    try:
        content, kind = stash.download(wanted.address)
    except Refused as error:
        log.warning("%s: %s", wanted.key, error)
        return "not to be had"
    suffix = _SUFFIXES.get(kind.lower())
    if suffix is None or not content:
        log.warning("%s: it is no photograph (%s)", wanted.key, kind or "of no type")
        return "not to be had"
    if deny.denies("content", hashlib.sha256(content).hexdigest()):
        return "denied"
    if known:
        (folder / known["file"]).unlink(missing_ok=True)
    file = f"{wanted.key}{suffix}"
    with replacing(folder / file, PRIVATE) as temporary:
        temporary.write_bytes(content)
    record[wanted.key] = {"file": file, "updated": wanted.updated}
    _write(folder / RECORD, record)
    return "fetched"


def _remove(folder: Path, record: dict[str, dict], seen: set[str]) -> int:
    gone = sorted(set(record) - seen)
    for key in gone:
        path = folder / record.pop(key)["file"]
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
    return len(gone)


def _read(path: Path) -> dict[str, dict]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: one
            for key, one in record.items()
            if (path.parent / one["file"]).resolve().is_relative_to(path.parent.resolve())
        }
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        log.warning("%s is damaged (%s): everything is fetched again", path, error)
        return {}


def _write(path: Path, record: dict[str, dict]) -> None:
    write_text(path, json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n", PRIVATE)


def client() -> httpx.Client:
    """Give a client that logs no address: they hold keys."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.Client(follow_redirects=False)
