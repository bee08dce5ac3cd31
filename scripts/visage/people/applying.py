"""All that was said brought together with all faces there are: the table of labelled faces.

Everything downstream reads this table; a new label changes it and embeds nothing, but for a region
in which no face was found yet.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from visage.people.labels import Say, Statement, read_labels
from visage.people.people import People
from visage.people.resolution import (
    Decision,
    Finding,
    KnownFace,
    Photograph,
    Said,
    resolve,
)
from visage.people.statements import Statements
from visage.sets.deny import DenyList
from visage.status import Status
from visage.store.arrow import texts
from visage.store.faces import FACES
from visage.store.files import PRIVATE
from visage.store.findings import FINDINGS
from visage.store.labelled import LABELLED
from visage.store.paths import nfc
from visage.store.tables import common_origin, read_table, write_table
from visage.store.tsv import read_rows, write_rows
from visage.types import Box

log = logging.getLogger(__name__)

_SEEN = ["image", "sha256"]
# Gives the columns of a face that has to be made: set, image, SHA-256 and box.
MakeFace = Callable[[str, str, str, Box], dict[str, Any]]


@dataclass(frozen=True)
class Sources:
    """The files in which something is said."""

    labels: Path | None  # the config's `labels`
    imported: Sequence[Path] = ()  # what `import_labels` wrote
    faults: Sequence[Path] = ()  # likewise


def apply_labels(
    sources: Sources,
    people: People,
    deny: DenyList,
    tables: Mapping[str, Sequence[Path]],
    make_face: MakeFace,
    output: Path,
    findings: Path,
) -> None:
    """Write the table of labelled faces, and what of the labels a person should look at.

    Args:
        sources: Where something is said.
        people: Which ids are one.
        deny: Of whom nothing may be said.
        tables: The faces tables of each set.
        make_face: Makes a face of a region in which none is known.
        output: The table to write, columns `visage.store.labelled.LABELLED`.
        findings: The TSV to write, columns `visage.store.findings.FINDINGS`.
    """
    told: list[Finding] = []
    statements = Statements(_said(sources, people, deny, told))
    contents, paths = _present(statements, tables)
    rows: list[dict] = []
    for name, path in ((name, path) for name, several in tables.items() for path in several):
        rows += _labelled(name, path, statements, contents, people, make_face, told)
    told += [
        Finding("label", one.image, one.person, _lost(one))
        for one in statements.lost(contents, paths)
    ]
    rows.sort(key=lambda row: (row["set"], row["image"], row["face"], row["say"], row["person"]))
    log.info("%d labelled faces, %d things to look at", len(rows), len(told))
    everything = [path for several in tables.values() for path in several]
    origin = common_origin(everything) if everything else None
    write_table(output, pa.Table.from_pylist(rows, LABELLED), origin)
    write_rows(findings, FINDINGS, sorted({_cells(one) for one in told}), PRIVATE)


def _said(sources: Sources, people: People, deny: DenyList, told: list[Finding]) -> Iterator[Said]:
    own = read_labels(sources.labels)
    told += [Finding("label", "", "", str(problem)) for problem in own.problems]
    told += [Finding("label", "", "", problem) for problem in people.problems]
    for path in sources.faults:
        told += [Finding("label", row["image"], "", row["detail"]) for row in read_rows(path)]
    imported = (one for path in sources.imported for one in read_labels(path).statements)
    for statements, is_own in ((own.statements, True), (imported, False)):
        for statement in statements:
            person = people.one(statement.person) if statement.person else ""
            ids = {statement.person, *people.ids(person)} if person else set()
            if not any(deny.denies("person", one) for one in ids):
                yield Said(replace(statement, person=person), is_own)


def _present(
    statements: Statements, tables: Mapping[str, Sequence[Path]]
) -> tuple[set[str], set[str]]:
    """Give which of the contents and paths that are spoken of there are."""
    contents, paths = set[str](), set[str]()
    for path in (path for several in tables.values() for path in several):
        table = read_table(path, _SEEN)
        contents |= statements.contents.intersection(table["sha256"].to_pylist())
        paths |= statements.paths.intersection(map(nfc, texts(table["image"])))
    return contents, paths


def _labelled(
    name: str,
    path: Path,
    statements: Statements,
    contents: set[str],
    people: People,
    make_face: MakeFace,
    told: list[Finding],
) -> Iterator[dict]:
    """Give the rows of one faces table."""
    seen = read_table(path, _SEEN)
    spoken = pc.is_in(seen["sha256"], value_set=pa.array(sorted(contents), pa.string()))
    named = [nfc(image) in statements.paths for image in texts(seen["image"])]
    mask = pc.or_(spoken, pa.array(named, pa.bool_()))
    if not pc.any(mask).as_py():
        return
    table = read_table(path, FACES.names).filter(mask)
    for rows in _by_image(table):
        photograph = _photograph(name, rows, people)
        if photograph is None:
            continue
        said, found = statements.about(photograph, contents)
        told += found
        resolution = resolve(photograph, said)
        told += resolution.findings
        told += _against_the_folder(photograph, resolution.decisions)
        for decision in resolution.decisions:
            yield _row(photograph, decision, rows, make_face)


def _by_image(table: pa.Table) -> Iterator[list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in table.to_pylist():
        found.setdefault(row["image"], []).append(row)
    yield from found.values()


def _photograph(name: str, rows: list[dict], people: People) -> Photograph | None:
    first = rows[0]
    if first["width"] is None or first["sha256"] is None:
        return None  # it could not be read: its row says why
    faces = [
        KnownFace(row["face"], Box(*(row[side] for side in "xywh")), row["status"] == Status.OK)
        for row in rows
        if row["face"] is not None and row["x"] is not None
    ]
    return Photograph(
        name,
        first["image"],
        first["sha256"],
        first["width"],
        first["height"],
        sorted(faces, key=lambda face: face.number),
        people.one(first["person"]) if first["person"] else "",
    )


def _against_the_folder(photograph: Photograph, decisions: Iterable[Decision]) -> Iterator[Finding]:
    """Tell of a gallery photograph in which nobody is left to be the one whose folder it is in."""
    if not photograph.person or not photograph.faces:
        return
    said = {one.number: one for one in decisions if one.say is not Say.NOT}
    refused = {
        one.number for one in decisions if one.say is Say.NOT and one.person == photograph.person
    }
    if any(one.person == photograph.person for one in said.values()):
        return
    usable = {face.number for face in photograph.faces if face.usable}
    if usable and usable <= said.keys() | refused:
        people = sorted({one.person for one in said.values() if one.person})
        listed = ", ".join(people) or "nobody"
        yield Finding(
            "contradiction",
            photograph.image,
            photograph.person,
            f"it lies in the folder of {photograph.person!r}; its faces are said to be {listed}, "
            "which counts",
            other_person=people[0] if people else "",
        )


def _row(photograph: Photograph, decision: Decision, rows: list[dict], make_face: MakeFace) -> dict:
    known = next((row for row in rows if row["face"] == decision.number), None)
    row = dict(known) if known else {"image": photograph.image, "group": rows[0]["group"]}
    row |= {"width": photograph.width, "height": photograph.height, "sha256": photograph.sha256}
    row |= {"set": photograph.set, "face": decision.number, "added": decision.missing}
    row |= {"say": decision.say.value, "person": decision.person, "source": decision.source}
    if decision.missing and decision.say is Say.IS:
        row |= make_face(photograph.set, photograph.image, photograph.sha256, decision.box)
    elif decision.say is not Say.IS:
        row["embedding"] = None  # nobody needs it: the fewer copies the better
    return row


def _lost(statement: Statement) -> str:
    word = f"{statement.say.value} {statement.person}".strip()
    return f"“{word}”: no photograph of either set has this content any more"


def _cells(finding: Finding) -> tuple[str, ...]:
    face = "" if finding.face is None else str(finding.face)
    return (
        *(finding.kind, finding.person, finding.image, face),
        *(finding.other_person, finding.detail),
    )
