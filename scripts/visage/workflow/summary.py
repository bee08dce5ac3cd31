"""What a run has found, in a sentence, and what is new in it.

Snakemake's process imports this module when a run has ended, so it needs the standard library only.
"""

import csv
import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from visage.layout import GALLERY, QUERIES, SETS, Results
from visage.sets.left_out import left_out
from visage.status import Status, Verdict
from visage.store.files import write_if_changed

_UNREAD = (Status.UNREADABLE, Status.TOO_LARGE, Status.BAD_VECTOR, Status.CHANGED)
_SHOWN = 20  # new matches that are told one by one


class Match(NamedTuple):
    """A person who is in a group of photographs."""

    group: str
    id: str
    name: str


def sentence(results: Path, made: Collection[str] = ()) -> str | None:
    """Say what was found; None where there are no scores, or the gallery is newer than they are.

    Args:
        results: The results folder.
        made: The rules that made something in this run.
    """
    place = Results(results)
    if not place.provenance.exists() or _older(place.scores, place.faces):
        return None
    record = json.loads(place.provenance.read_text(encoding="utf-8"))
    parts = [
        part
        for part in (*_faces(record), *_images(record), _left_out(place), _audit(place.audit))
        if part
    ]
    report = place.share if "report_share" in made else place.report
    page = f" Open {report}" if report.exists() else f" See {place.scores}"
    return ", ".join(parts) + "." + page


def _faces(record: dict[str, Any]) -> Iterator[str]:
    found = record["found"]
    faces, named = found["faces"], found["named"]
    possible, another = found.get("possible", 0), found.get("another", 0)
    if not faces:
        yield "no face was searched"
        return
    has = "has" if named == 1 else "have"
    yield f"{named:,} of {_count(faces, 'face')} {has} a name ({_count(found['people'], 'person')})"
    if possible:
        them = "it is" if possible == 1 else "they are"
        yield f"no threshold tells of {possible:,} whether {them} the person they are nearest to"
    if another:
        look = "looks" if another == 1 else "look"
        yield f"{another:,} {look} like somebody who is another face of the photograph"
    unknown = faces - named - possible - another
    if unknown:
        yield f"{unknown:,} {'is' if unknown == 1 else 'are'} nobody you know"


def _images(record: dict[str, Any]) -> Iterator[str]:
    images = record["images"]
    queries = images["queries"]
    if copies := queries.get("copies", 0):
        yield f"{_count(copies, 'photograph')} {'is a copy' if copies == 1 else 'are copies'}"
    statuses = queries["status"]
    if without := statuses.get(Status.NO_FACE, 0):
        yield f"{_count(without, 'photograph')} {'has' if without == 1 else 'have'} no face"
    if poor := sum(statuses.get(status, 0) for status in (Status.POOR, Status.TOO_SMALL)):
        shows = "shows" if poor == 1 else "show"
        yield f"{_count(poor, 'photograph')} {shows} only faces too poor or small to tell"
    for name, of in ((QUERIES, ""), (GALLERY, " of the gallery")):
        statuses = images.get(name, {}).get("status", {})
        if unread := sum(statuses.get(status, 0) for status in _UNREAD):
            yield f"{_count(unread, 'file')}{of} could not be read"


def _left_out(place: Results) -> str:
    return left_out(place.set(name).listing for name in SETS)


def _audit(audit: Path) -> str | None:
    if not audit.exists():
        return None
    things = sum(1 for _ in _rows(audit))
    return f"{_count(things, 'thing')} to look at in the gallery" if things else None


def what_is_new(results: Path) -> Iterator[str]:
    """Say who was found that no run before had found; nothing the first time.

    Takes note of what is told, in the cache: the scores of the run before are gone by now. It notes
    digests, so that whoever is forgotten leaves no name there.
    """
    place = Results(results)
    matches = {_digest(match): match for match in _matches(place.scores)}
    known = place.told.read_text(encoding="ascii").split() if place.told.exists() else matches
    new = sorted(matches[digest] for digest in matches.keys() - set(known))
    with suppress(OSError):  # results that may only be read: the same is new again next time
        write_if_changed(place.told, "".join(f"{digest}\n" for digest in sorted(matches)))
    for match in new[:_SHOWN]:
        yield f"New: {match.name}" + (f" in {match.group}" if match.group else "")
    if len(new) > _SHOWN:
        yield f"New: {len(new) - _SHOWN:,} more, in {place.scores}"


def _matches(scores: Path) -> Iterator[Match]:
    for row in _rows(scores):
        if row["Verdict"] == Verdict.MATCH:
            yield Match(row["Group"], row["ID"], row["Name"])


def _digest(match: Match) -> str:
    return hashlib.sha256("\0".join(match[:2]).encode("utf-8", "surrogateescape")).hexdigest()


def _rows(table: Path) -> Iterator[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def _older(one: Path, other: Path) -> bool:
    return other.exists() and one.stat().st_mtime_ns < other.stat().st_mtime_ns


def _count(number: int, thing: str) -> str:
    several = {"person": "people"}.get(thing, f"{thing}s")
    return f"{number:,} {thing if number == 1 else several}"
