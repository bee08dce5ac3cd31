"""Performers tagged in one's own Stash, on images and scenes; and taken away again.

A dry run writes what would be done. What was done stands in a log, one line a change: from it a run
that was ended goes on, and `revert` takes everything back. Nothing that others tagged is touched.
"""

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath

from visage.export.faces import NamedFace
from visage.sets.deny import DenyList
from visage.stashbox.stash import Stash, StashPerformer, Target
from visage.store.files import PRIVATE
from visage.store.parts import file_of
from visage.store.tsv import write_rows

log = logging.getLogger(__name__)

PLAN = "plan.tsv"
CHANGES = "changes.jsonl"
COLUMNS = ["change", "kind", "stash_id", "performer", "id", "name", "image", "why"]
# What Stash itself calls its pictures of a scene: <oshash or checksum>_sprite.jpg, <…>.jpg.
_GENERATED = re.compile(r"([0-9a-f]{16}|[0-9a-f]{32})(?:_sprite|_\d+)?\.[a-z]+")

Pair = tuple[str, str, str]  # kind, number of the image or scene, number of the performer


@dataclass(frozen=True)
class Change:
    """A performer to be added to an image or a scene, or to be taken away."""

    add: bool
    pair: Pair
    person: str = ""
    name: str = ""
    image: str = ""
    why: str = ""

    def row(self) -> list[str]:
        """Give its line of the plan."""
        return [
            "add" if self.add else "remove",
            *self.pair,
            self.person,
            self.name,
            self.image,
            self.why,
        ]


@dataclass
class Tagging:
    """What is to be changed, and what cannot be."""

    changes: list[Change] = field(default_factory=list)
    skipped: list[Change] = field(default_factory=list)  # with a reason


@dataclass(frozen=True)
class Places:
    """How Stash sees the folder of the queries."""

    queries: PurePath  # here
    seen: str | None = None  # there; None: at the same path

    def of(self, image: str) -> str:
        """Give the path of an image's file as Stash knows it."""
        root = self.seen.rstrip("/") if self.seen else self.queries.as_posix()
        return f"{root}/{file_of(image)}"


def plan(
    stash: Stash, faces: Iterable[NamedFace], places: Places, folder: Path, deny: DenyList
) -> Tagging:
    """Say what would have to be changed, and write it to `folder`.

    Args:
        stash: Whom to ask.
        faces: Who is in which photograph.
        places: How Stash sees the queries.
        folder: Where the plan and the log lie.
        deny: Who is not tagged.
    """
    performers = _Performers(stash.performers())
    targets: dict[str, Target | None] = {}
    tagging, wanted = Tagging(), set()
    done, _ = read_changes(folder)
    for face in faces:
        if deny.denies("person", face.person) or deny.denies("person", face.name):
            continue
        what = Change(True, ("", "", ""), face.person, face.name, face.image)
        performer = performers.find(face)
        if isinstance(performer, str):
            tagging.skipped.append(_because(what, performer))
            continue
        if face.image not in targets:
            targets[face.image] = _target(stash, places, face.image)
        target = targets[face.image]
        if target is None:
            told = f"Stash knows no image or scene at {places.of(face.image)}"
            tagging.skipped.append(_because(what, told))
            continue
        pair = (target.kind, target.number, performer.number)
        change = Change(True, pair, face.person, face.name, face.image)
        if pair not in wanted and performer.number not in target.performers:
            if pair in done:
                tagging.skipped.append(_because(change, "it was taken away in Stash"))
            else:
                tagging.changes.append(change)
        wanted.add(pair)
    tagging.changes += [
        Change(False, pair, why="it was tagged by us and is no match any more")
        for pair in sorted(done - wanted)
    ]
    rows = [one.row() for one in tagging.changes]
    rows += [["skip", *one.row()[1:]] for one in tagging.skipped]
    write_rows(folder / PLAN, COLUMNS, rows, PRIVATE)
    return tagging


def apply(stash: Stash, tagging: Tagging, folder: Path) -> int:
    """Make the changes, each logged as soon as it is made; give how many there were."""
    for change in tagging.changes:
        _make(stash, change, folder)
    return len(tagging.changes)


def revert(stash: Stash, folder: Path) -> int:
    """Take away every performer that the log says we added; give how many there were."""
    pairs = sorted(set.union(*read_changes(folder)))
    for pair in pairs:
        _make(stash, Change(False, pair), folder)
    return len(pairs)


def read_changes(folder: Path) -> tuple[set[Pair], set[Pair]]:
    """Give what the log says was added and not taken away since, and what was perhaps added.

    A line that a kill cut short is left out: what it told of was not done yet.
    """
    path = folder / CHANGES
    done: set[Pair] = set()
    tried: set[Pair] = set()
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            pair = (entry["kind"], entry["stash_id"], entry["performer"])
            word = entry["change"]
        except (ValueError, KeyError, TypeError):
            log.warning("%s: a damaged line is left out", path)
            continue
        tried.discard(pair)
        done.discard(pair)
        if word != "remove":
            (done if word == "add" else tried).add(pair)
    return done, tried


def _make(stash: Stash, change: Change, folder: Path) -> None:
    kind, number, performer = change.pair
    if change.add:
        # What was made and is not logged could never be taken back.
        _log(folder, change, "try")
    stash.tag(kind, [number], performer, "ADD" if change.add else "REMOVE")
    _log(folder, change, "add" if change.add else "remove")


def _log(folder: Path, change: Change, word: str) -> None:
    path = folder / CHANGES
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = dict(zip(COLUMNS, change.row(), strict=True)) | {"change": word}
    entry["date"] = datetime.now(UTC).isoformat(timespec="seconds")
    path.touch(mode=PRIVATE)
    path.chmod(PRIVATE)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":  # a line cut short must not swallow the next one
                file.write(b"\n")
        file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def _because(change: Change, why: str) -> Change:
    return Change(change.add, change.pair, change.person, change.name, change.image, why)


def _target(stash: Stash, places: Places, image: str) -> Target | None:
    generated = _GENERATED.fullmatch(PurePath(image).name.lower())
    found = stash.scene_by_hash(generated[1]) if generated else None
    return found or stash.at_path(places.of(image))


class _Performers:
    """Stash's performers, by id and by name."""

    def __init__(self, performers: Iterable[StashPerformer]) -> None:
        self._by_id: dict[str, StashPerformer] = {}
        self._by_name: dict[str, list[StashPerformer]] = {}
        for one in performers:
            self._by_id[one.person] = one
            for name in {one.name.casefold(), *(alias.casefold() for alias in one.aliases)}:
                self._by_name.setdefault(name, []).append(one)

    def find(self, face: NamedFace) -> StashPerformer | str:
        """Give the performer, or why there is none."""
        known = self._by_id.get(face.person.lower())
        if known:
            return known
        called = self._by_name.get(face.name.casefold(), [])
        if len(called) > 1:
            return f"Stash has {len(called)} performers called {face.name}"
        return called[0] if called else "Stash has no performer with this id or name"
