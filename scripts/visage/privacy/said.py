"""What people said of whoever is forgotten: taken out of their files, or left to them by name."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from visage.config import Config
from visage.people.editing import remove_labels
from visage.people.importing.base import sources_beside
from visage.people.importing.digikam import database_of
from visage.people.importing.picasa import CONTACTS
from visage.people.labels import Statement, read_labels
from visage.privacy.subject import Subject, listing_of
from visage.sets.existing import listed
from visage.sets.listing import SETS, as_path
from visage.store.files import replacing
from visage.store.paths import forms, nfc
from visage.store.text import unguard

log = logging.getLogger(__name__)

STASH_LOG = "exports/stash/changes.jsonl"
_NAMING = ("id", "name", "image")  # fields of a line there that tell of somebody


def remove_words(subject: Subject, config: Config, results: Path) -> dict[str, int]:
    """Take the subject out of `labels.tsv`, `people.tsv` and the logs of exports.

    Returns:
        How many lines went, by what they were.
    """
    labels = Path(config.labels)
    mine = {one for one in read_labels(labels).statements if _is_about(subject, one)}
    removed = {"lines of labels.tsv": remove_labels(labels, mine)}
    if config.people and subject.person is not None:
        path = Path(config.people)
        removed["lines of people.tsv"] = _remove_lines(path, lambda line: _names(subject, line))
    removed["names in the log of Stash"] = _without_names(results / STASH_LOG, subject)
    return removed


def _is_about(subject: Subject, statement: Statement) -> bool:
    if statement.person in subject.ids:
        return True
    images = {nfc(image) for _, image in subject.images}
    return statement.sha256 in subject.traces.hashes or (
        not statement.sha256 and nfc(statement.image) in images
    )


def _names(subject: Subject, line: bytes) -> bool:
    cells = line.decode(errors="replace").rstrip("\r\n").split("\t")
    return any(nfc(unguard(cell.strip('"'))).strip() in subject.ids for cell in cells)


def _remove_lines(path: Path, mine: Callable[[bytes], bool]) -> int:
    """Delete lines of a TSV; its first line and all others keep their bytes."""
    if not path.is_file():
        return 0
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if number == 0 or not mine(line)]
    if len(kept) < len(lines):
        with replacing(path.resolve(), path.stat().st_mode & 0o777) as temporary:
            temporary.write_bytes(b"".join(kept))
    return len(lines) - len(kept)


def _without_names(path: Path, subject: Subject) -> int:
    """Take the names out of a log whose lines are still the way back."""
    if not path.is_file():
        return 0
    lines, count = [], 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        words = {nfc(str(entry.get(field, ""))) for field in _NAMING}
        if words & (subject.traces.words | subject.traces.images | subject.ids) - {""}:
            entry |= dict.fromkeys(_NAMING, "")
            count += 1
        lines.append(json.dumps(entry, ensure_ascii=False))
    with replacing(path, path.stat().st_mode & 0o777) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return count


def left_to_you(subject: Subject, config: Config) -> Iterator[str]:
    """Name the files of one's own in which the subject still stands, and what to do about each."""
    words = {form.encode() for word in subject.traces.words for form in forms(word)}
    for name in listed(config):
        root = Path(config.folder(name))
        folders = {root}
        for entry in listing_of(config, name):
            photograph = root / as_path(entry.image)
            folders.add(photograph.parent)
            for path in sources_beside(photograph):
                if _holds(path, words):
                    yield f"{path}: what another program wrote names them"
        for folder in sorted(folders):
            for path in (folder / ".picasa.ini", folder / "Picasa.ini", folder / CONTACTS):
                if _holds(path, words):
                    yield f"{path}: Picasa names them"
    for database in {database_of(Path(config.folder(name))) for name in SETS} - {None}:
        if database is not None and _holds(database, words):
            yield f"{database}: digiKam names them"


def _holds(path: Path, words: set[bytes]) -> bool:
    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError:
        return False
    return any(word in data for word in words if len(word) > 3)
