"""The gallery as its audit sees it, and what a line of the table is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from visage.audit.labels import LabelAudit
from visage.search.neighbours import USUAL_THRESHOLD, Neighbours, compare, copy_limit
from visage.status import Status
from visage.store.names import read_names
from visage.store.tables import read_table
from visage.types import Embeddings, Indices, Reals

COLUMNS = ["image", "person", "sha256", "status", "reason", "face"]
COLUMNS += ["x", "y", "w", "h", "sharpness"]


@dataclass(frozen=True)
class Audited:
    """A gallery; distances are between embeddings of length 1, whatever the index holds."""

    everything: pd.DataFrame  # rows of all faces tables, columns `COLUMNS`; "" for a missing text
    chosen: pd.DataFrame  # the face that counts of each image, the same columns
    embeddings: Embeddings  # of the faces in `chosen`
    neighbours: Neighbours  # of the faces in `chosen`; those too poor to tell are near to nobody
    threshold: float  # the model's published one
    names: dict[str, str]  # id → name
    labels: LabelAudit  # what people said about faces and ids


Row = dict[str, object]
Finder = Callable[[Audited], Iterator[Row]]


def read_gallery(
    tables: list[Path],
    faces: Path,
    names: Path | None,
    published: float | None,
    labels: LabelAudit,
) -> Audited | None:
    """Read the tables and compare all faces with each other; None: nobody is in the gallery yet.

    Args:
        tables: The gallery's faces tables.
        faces: The index's table.
        names: The names file.
        published: The model's threshold between embeddings of length 1; None: it has none.
        labels: What people said about faces and ids.
    """
    everything = pd.concat([_rows(path, COLUMNS) for path in tables or [faces]], ignore_index=True)
    everything["person"] = everything["person"].map(labels.one)
    chosen = _rows(faces, [*COLUMNS, "embedding"])
    if not len(chosen):
        return None
    vectors = np.stack(chosen.pop("embedding").to_list())
    return Audited(
        everything,
        chosen,
        vectors,
        _neighbours(chosen, vectors, copy_limit(published)),
        published or USUAL_THRESHOLD,
        {key: performer.name for key, performer in read_names(names).items()},
        labels,
    )


def _neighbours(chosen: pd.DataFrame, vectors: Embeddings, near: float) -> Neighbours:
    """Compare the clear faces: what is too poor to tell is near to anybody."""
    clear = np.flatnonzero(chosen["status"] != Status.POOR)
    found = compare(vectors[clear], chosen["person"].iloc[clear].to_list(), near)

    def among_all(places: Indices) -> Indices:
        all_of_them = np.full(len(chosen), -1)
        all_of_them[clear] = np.where(places < 0, -1, clear[places])
        return all_of_them

    def far(distances: Reals) -> Reals:
        all_of_them = np.full(len(chosen), np.inf)
        all_of_them[clear] = distances
        return all_of_them

    left, right = found.near_pairs
    return Neighbours(
        own=among_all(found.own),
        own_distance=far(found.own_distance),
        other=among_all(found.other),
        other_distance=far(found.other_distance),
        near_pairs=(clear[left], clear[right]),
        near_distances=found.near_distances,
    )


def row(kind: str, person: str, detail: str, **other: object) -> Row:
    """Make a line of the table; what does not apply stays empty."""
    empty = {"image": "", "face": None, "other_person": "", "other_image": "", "distance": None}
    return {"kind": kind, "person": person, "detail": detail} | empty | other


def _rows(path: Path, columns: list[str]) -> pd.DataFrame:
    table = read_table(path, columns)
    texts = table.select([c for c in columns if pa.types.is_string(table.schema.field(c).type)])
    frame = table.to_pandas()
    frame[texts.column_names] = frame[texts.column_names].astype(object).fillna("")
    return frame
