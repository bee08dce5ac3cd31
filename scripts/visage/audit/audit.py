"""What looks wrong in a gallery: a table of photographs and people to look at again.

A new kind of finding is a function in a file of this folder, a line of `FINDERS`, and a heading in
`visage.audit.findings`.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from visage.audit.another_person import another_person
from visage.audit.copies import copies
from visage.audit.faces import no_usable_face, one_photograph, poor, several_faces, untrusted
from visage.audit.findings import COLUMNS, KINDS
from visage.audit.gallery import Finder, read_gallery
from visage.audit.ids import alike_ids, namesakes, perhaps_one
from visage.audit.labels import LabelAudit
from visage.store.tables import common_origin
from visage.store.text import unguard
from visage.store.tsv import write_tsv

log = logging.getLogger(__name__)

FINDERS: tuple[Finder, ...] = (
    *(another_person, copies, perhaps_one, namesakes, alike_ids),
    *(no_usable_face, untrusted, poor, several_faces, one_photograph),
)


def audit(
    tables: list[Path],
    faces: Path,
    names: Path | None,
    published: dict,
    output: Path,
    labels: LabelAudit | None = None,
) -> None:
    """Write the table of what looks wrong.

    Args:
        tables: The gallery's faces tables.
        faces: The index's table: the face that counts of each image.
        names: The names file.
        published: The model's thresholds, from its entry.
        output: The TSV to write, columns as in `COLUMNS`; empty where something does not apply.
        labels: What people said about faces and ids.
    """
    labels = labels or LabelAudit()
    common_origin([*tables, faces])
    gallery = read_gallery(tables, faces, names, published["normalized"], labels)
    found = list(labels.found())
    if gallery is not None:
        found += [row for finder in FINDERS for row in finder(gallery)]
    frame = _sorted(pd.DataFrame(found, columns=COLUMNS))
    log.info("%s", frame["kind"].value_counts().to_dict() or "nothing to look at")
    write_tsv(output, frame)


def read_audit(path: Path) -> pd.DataFrame:
    """Read the table back: texts, "" where something does not apply; face and distance numbers."""
    texts = dict.fromkeys(set(COLUMNS) - {"face", "distance"}, "str")
    numbers = {"face": "Int64", "distance": "float64"}
    frame = pd.read_csv(
        path,
        sep="\t",
        dtype={**texts, **numbers},
        keep_default_na=False,
        na_values={"face": [""], "distance": [""]},
    )
    for column in texts:
        frame[column] = frame[column].map(unguard)
    return frame[COLUMNS]


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    frame["distance"] = frame["distance"].astype("float64").round(4)
    frame["face"] = frame["face"].astype("Int64")
    order = {kind: number for number, kind in enumerate(KINDS)}
    frame = frame.sort_values(
        ["kind", "distance", "person", "image", "other_person", "other_image"],
        key=lambda column: column.map(order) if column.name == "kind" else column,
        na_position="last",
        kind="stable",
    )
    return frame.reset_index(drop=True)


def summary(frame: pd.DataFrame) -> Iterable[tuple[str, str, int]]:
    """Give for each kind that was found its name, its sentence and how many there are."""
    counts = frame["kind"].value_counts()
    return [(kind, text, int(counts[kind])) for kind, text in KINDS.items() if kind in counts]
