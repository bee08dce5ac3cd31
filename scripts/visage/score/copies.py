"""Copies of one photograph among the queries: they count once.

A copy is the same file, or a picture all of whose faces are all but the same: saved again, scaled,
recoloured, the next frame of a film. How near that is, is the audit's definition
(`visage.search.neighbours.copy_limit`). Copies are sought within a group: the albums are scored one
by one, and a photograph that is in two of them counts in each.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.search.copies import number_photographs
from visage.search.index import vectors_of
from visage.store.tables import read_table
from visage.types import Indices

log = logging.getLogger(__name__)

# Faces of a group up to which each is compared with each: a minute of two cores. Beyond, only the
# same bytes are copies.
COMPARED = 100_000
_COLUMNS = ["image", "group", "sha256", "width", "height", "embedding"]


def originals(queries: Iterable[Path], near: float) -> dict[str, str]:
    """Give for each copy the image that counts in its place: the largest, then the first by name.

    Args:
        queries: The queries' faces tables.
        near: The distance, between embeddings of length 1, up to which two faces are copies.
    """
    tables = [read_table(path, _COLUMNS) for path in queries]
    if not tables:
        return {}
    table = pa.concat_tables(tables)
    images = _images(table)
    images["faces"] = _faces_of(table, near).reindex(images.index).fillna("")
    found: dict[str, str] = {}
    for alike in ("sha256", "faces"):
        counted = images[~images.index.isin(found) & (images[alike] != "")]
        for _, copies in counted.groupby(["group", alike], sort=False):
            first, *others = copies.index
            found |= dict.fromkeys(others, first)
    # What is a copy of a copy is one of the picture that counts.
    return {copy: found.get(first, first) for copy, first in sorted(found.items())}


def _images(table: pa.Table) -> pd.DataFrame:
    """Give each image once, those first that would count in the others' place."""
    frame = table.drop_columns("embedding").to_pandas().drop_duplicates("image")
    frame = frame.assign(
        size=frame["width"].astype("float64").fillna(0) * frame["height"].astype("float64"),
        group=frame["group"].fillna(""),
        sha256=frame["sha256"].fillna(""),
    )
    frame = frame.sort_values(["size", "image"], ascending=[False, True], kind="stable")
    return frame.set_index("image")


def _faces_of(table: pa.Table, near: float) -> pd.Series:
    """Give for each image with faces a text that is the same for those with all but the same."""
    table = table.filter(pc.is_valid(table["embedding"]))
    if not len(table):
        return pd.Series(dtype=str)
    rows = pd.DataFrame(
        {
            "image": table["image"].to_pylist(),
            "group": [group or "" for group in table["group"].to_pylist()],
        }
    )
    codes = np.unique(rows["group"].to_numpy(str), return_inverse=True)[1].astype(np.int64)
    compared = _compared(codes)
    numbers = np.arange(len(rows))
    if compared.any():
        vectors = vectors_of(table.filter(pa.array(compared)))
        places = np.flatnonzero(compared)
        own = np.arange(len(places))
        numbers[places] = places[number_photographs(vectors, codes[places], own, near)]
    numbered = rows.assign(face=numbers).sort_values(["image", "face"])
    return numbered.groupby("image", sort=False)["face"].agg(lambda f: " ".join(map(str, f)))


def _compared(codes: Indices) -> np.ndarray:
    sizes = np.bincount(codes)
    if (sizes > COMPARED).any():
        log.warning(
            "a group has more than %d faces: in it only the same files count as copies", COMPARED
        )
    return sizes[codes] <= COMPARED
