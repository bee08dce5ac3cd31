"""Who is in which photograph: what every export is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from visage.layout import QUERIES
from visage.sets.deny import DenyList
from visage.status import Verdict
from visage.store.arrow import equal, filled
from visage.store.labelled import LABELLED
from visage.store.tables import read_table
from visage.types import Box

_FACE = ["image", "sha256", "face", "x", "y", "w", "h", "width", "height"]
_MATCH = ["image", "face", "rank", "id", "name", "verdict", "probability"]
_NAMED = pa.array([Verdict.GIVEN.value, Verdict.MATCH.value])


@dataclass(frozen=True)
class NamedFace:
    """A face of the queries that has a name: found (`match`) or said (`given`)."""

    image: str  # path relative to the queries
    sha256: str
    face: int
    box: Box  # pixels of the upright image
    width: int  # of the upright image, pixels
    height: int
    person: str  # id
    name: str  # the id where there is no name
    verdict: str
    probability: float | None  # null until calibrated, and of a given face


def named_faces(
    table: Path, matches: Path, labelled: Path | None, deny: DenyList
) -> Iterator[NamedFace]:
    """Give the faces of a shard that have a name, by image and face; nobody who is denied.

    Args:
        table: The shard's faces table.
        matches: Its matches table.
        labelled: The table of labelled faces: some stand only there.
        deny: Of whom nothing goes out.
    """
    found = read_table(matches, _MATCH)
    sure = pc.is_in(found["verdict"], value_set=_NAMED)
    best = found.filter(pc.and_(equal(found["rank"], 1), sure)).to_pylist()
    if not best:
        return
    faces = {(row["image"], row["face"]): row for row in read_table(table, _FACE).to_pylist()}
    faces |= _added(labelled)
    for row in sorted(best, key=lambda row: (row["image"], row["face"])):
        name = row["name"] or row["id"]
        face = faces.get((row["image"], row["face"]))
        if face is None or face["x"] is None:
            continue  # an imported vector: nobody knows where the face is
        if not any(deny.denies("person", one) for one in (row["id"], name)):
            yield _named(row, name, face)


def _named(row: dict[str, Any], name: str, face: dict[str, Any]) -> NamedFace:
    return NamedFace(
        image=row["image"],
        sha256=face["sha256"],
        face=row["face"],
        box=Box(*(face[side] for side in ("x", "y", "w", "h"))),
        width=face["width"],
        height=face["height"],
        person=row["id"],
        name=name,
        verdict=row["verdict"],
        probability=row["probability"],
    )


def _added(labelled: Path | None) -> dict[tuple[str, int], dict[str, Any]]:
    rows = LABELLED.empty_table() if labelled is None else read_table(labelled, LABELLED.names)
    mask = pc.and_(equal(rows["set"], QUERIES), filled(rows["added"], False))
    added = rows.filter(mask).select(_FACE).to_pylist()
    return {(row["image"], row["face"]): row for row in added}
