"""What other programs know about the faces of a shard, as statements."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from visage.people.ids import Ids
from visage.people.importing import importers_of
from visage.people.importing.base import Fault, Found, Importer, Picture
from visage.people.labels import COLUMNS, Say, Statement, cells_of
from visage.status import Status
from visage.store.files import PRIVATE
from visage.store.tables import read_table
from visage.store.tsv import write_rows
from visage.types import Box

log = logging.getLogger(__name__)

FAULTS = ("image", "detail")


@dataclass
class Known:
    """What a faces table says of an image."""

    sha256: str
    picture: Picture
    faces: list[Box] = field(default_factory=list)  # that have an embedding


def import_labels(
    table: Path, root: Path, kinds: list[str], ids: Ids, output: Path, faults: Path
) -> None:
    """Write what other programs know about the images of one shard.

    Args:
        table: The shard's faces table.
        root: The folder of its set.
        kinds: The config's `import_labels`.
        ids: Finds people by their names.
        output: The labels file to write, in the form of `labels.tsv`.
        faults: The TSV to write of what could not be understood: image and a sentence.
    """
    importers = importers_of(kinds, root)
    statements: list[Statement] = []
    told: list[tuple[str, str]] = []
    for known in _images(table, root):
        for importer in importers:
            for one in _statements(known, importer, ids):
                if isinstance(one, Statement):
                    statements.append(one)
                else:
                    told.append((known.picture.image, one.text))
    log.info("%d statements, %d things that say nothing", len(statements), len(told))
    rows = sorted(cells_of(statement) for statement in set(statements))
    write_rows(output, COLUMNS, rows, PRIVATE)
    write_rows(faults, FAULTS, sorted(set(told)), PRIVATE)


def _images(table: Path, root: Path) -> Iterator[Known]:
    columns = ["image", "sha256", "status", "width", "height", "face", "x", "y", "w", "h"]
    found: dict[str, Known] = {}
    for row in read_table(table, columns).to_pylist():
        image = row["image"]
        if row["sha256"] is None or row["width"] is None:
            continue  # it could not be read, and has a row that says why
        if image not in found:
            picture = Picture(root, image, row["width"], row["height"])
            found[image] = Known(row["sha256"], picture)
        if row["status"] == Status.OK and row["x"] is not None:
            found[image].faces.append(Box(*(row[side] for side in "xywh")))
    yield from found.values()


def _statements(known: Known, importer: Importer, ids: Ids) -> Iterator[Statement | Fault]:
    named: list[str] = []
    try:
        found = list(importer.read(known.picture))
    except OSError as error:
        yield Fault(f"{importer.source}: it cannot be read: {error}")
        return
    for one in found:
        if isinstance(one, Fault):
            yield one
        elif one.box is None:
            named.append(one.name)
        else:
            yield from _said(known, importer, ids, one)
    yield from _only_named(known, importer, ids, named, found)


def _said(known: Known, importer: Importer, ids: Ids, found: Found) -> Iterator[Statement | Fault]:
    if found.say is Say.IGNORE:
        person: str | None = ""
    elif ids.denied(found.name):
        return
    else:
        person = ids.of(found.name)
    if person is None:
        yield Fault(
            f"{importer.source}: several people are called {found.name!r}; say in people.tsv which "
            "one is meant, or that they are one"
        )
        return
    yield Statement(
        known.sha256, known.picture.image, found.box, person, found.say, importer.source
    )


def _only_named(
    known: Known,
    importer: Importer,
    ids: Ids,
    named: list[str],
    found: Iterable[Found | Fault],
) -> Iterator[Statement | Fault]:
    """Take a name without a region where there is no doubt whose face it is."""
    if not named:
        return
    regions = [one for one in found if isinstance(one, Found) and one.box is not None]
    if len(named) == 1 and len(known.faces) == 1 and not regions:
        yield from _said(known, importer, ids, Found(named[0], known.faces[0]))
        return
    shown = ", ".join(name for name in named if not ids.denied(name))
    if shown:
        yield Fault(
            f"{importer.source}: it names {shown} without saying where, and there are "
            f"{len(known.faces)} faces: not taken"
        )
