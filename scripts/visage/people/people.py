"""`people.tsv`: ids that are one person, and what people are called here."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from visage.errors import VisageError
from visage.store.paths import nfc
from visage.store.text import unguard

COLUMNS = ("id", "same_as", "name")


@dataclass(frozen=True)
class People:
    """Which ids are one person. Ids are compared in Unicode's composed form."""

    same_as: Mapping[str, str] = field(default_factory=dict)  # id → the id that stands for it
    names: Mapping[str, str] = field(default_factory=dict)  # id that stands for itself → name
    problems: tuple[str, ...] = ()

    def one(self, person: str) -> str:
        """Give the id that stands for a person, whichever of theirs is asked for."""
        person = nfc(person)
        return self.same_as.get(person, person)

    def ids(self, person: str) -> set[str]:
        """Give all ids of a person."""
        chosen = self.one(person)
        return {chosen, *(one for one, target in self.same_as.items() if target == chosen)}


def read_people(path: Path | None) -> People:
    """Read the file; None means that every id is a person of its own.

    Lines that cannot be understood are told of in `problems`; all others count.

    Raises:
        VisageError: The file is missing or cannot be read, or has no column `id`.
    """
    if path is None:
        return People()
    try:
        rows = list(_rows(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VisageError(
            f"people: {path} cannot be read: {error}. It is a TSV in UTF-8 with the columns "
            f"{' '.join(COLUMNS)}; set people to null to do without."
        ) from error
    if not rows:
        return People()
    header = rows[0][1]
    if "id" not in header:
        raise VisageError(
            f"people: {path}: its first line names no column id. It must hold, with a tab between "
            f"them: {' '.join(COLUMNS)}."
        )
    return _people(path, header, rows[1:])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            cells = next(csv.reader([line], delimiter="\t"))
            yield number, [nfc(unguard(cell)).strip() for cell in cells]


def _people(path: Path, header: list[str], rows: list[tuple[int, list[str]]]) -> People:
    targets: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    problems = []
    for number, row in rows:
        cells = dict(zip(header, row, strict=False))
        person, target, name = (cells.get(column, "") for column in COLUMNS)
        if not person:
            problems.append(f"{path}, line {number}: no id is given")
        elif target not in ("", person):
            targets.setdefault(person, set()).add(target)
        if person and name:
            names.setdefault(person, set()).add(name)
    # Which line comes first means nothing: of several the first by the alphabet counts.
    for what, found in (("the same as", targets), ("called", names)):
        for person, several in sorted(found.items()):
            if len(several) > 1:
                listed = ", ".join(map(repr, sorted(several)))
                problems.append(f"{path}: {person!r} is {what} {listed}; the first counts")
    first = {person: min(several) for person, several in targets.items()}
    same_as = {person: _end(person, first) for person in first}
    for person in sorted(same_as):
        if same_as[person] in first and person != same_as[person]:
            problems.append(
                f"{path}: {person!r} and {same_as[person]!r} are each the same as the "
                "other; the second stands for both"
            )
    joined = {person: target for person, target in same_as.items() if person != target}
    known: dict[str, str] = {}
    for person in sorted(names, key=lambda one: (one in joined, one)):  # one's own name first
        known.setdefault(joined.get(person, person), min(names[person]))
    return People(joined, known, tuple(problems))


def _end(person: str, targets: Mapping[str, str]) -> str:
    """Follow an id to the one that stands for it; of a circle that is the first by the alphabet."""
    seen: list[str] = []
    while person in targets:
        if person in seen:
            return min(seen[seen.index(person) :])
        seen.append(person)
        person = targets[person]
    return person
