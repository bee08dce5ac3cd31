"""Copies of one photograph among the queries: they count once.

A copy is the same file, or a picture all of whose faces are all but the same as faces of one other:
saved again, scaled, cut, recoloured, the next frame of a film. Of a smaller copy the smallest faces
may be missing. How near that is, is the audit's definition (`visage.search.neighbours.copy_limit`).
Copies are sought within a group: the albums are scored one by one, and a photograph that is in two
of them counts in each.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.search.copies import number_photographs
from visage.search.index import vectors_of
from visage.store.arrow import texts
from visage.store.tables import read_table
from visage.types import Indices

log = logging.getLogger(__name__)

# Faces of a group up to which each is compared with each: a minute of two cores. Beyond, only the
# same bytes are copies.
COMPARED = 100_000
_COLUMNS = ["image", "group", "sha256", "width", "height", "embedding"]


def originals(queries: Iterable[Path], near: float) -> dict[str, str]:
    """Give for each copy the image that counts in its place.

    That is the one with most faces, then the largest, then the first by name.

    Args:
        queries: The queries' faces tables.
        near: The distance, between embeddings of length 1, up to which two faces are copies.
    """
    tables = [read_table(path, _COLUMNS) for path in queries]
    if not tables:
        return {}
    table = pa.concat_tables(tables)
    images, faces = _images(table), _faces_of(table, near)
    found: dict[str, str] = {}
    content = ["group", "sha256"]
    several = images.duplicated(content, keep=False) & (images["sha256"] != "")
    for _, same in images[several].groupby(content, sort=False):
        first, *others = same.index
        found |= dict.fromkeys(others, first)
    counted = {i: faces[i] for i in images.index if i in faces and i not in found}
    found |= _held_by_others(counted)
    # What is a copy of a copy is one of the picture that counts.
    return {copy: found.get(first, first) for copy, first in sorted(found.items())}


def _held_by_others(faces: Mapping[str, frozenset[int]]) -> dict[str, str]:
    """Give for each image whose faces are all in another one the first such.

    Args:
        faces: Of images, in the order in which they would count; equal numbers are copies.
    """
    found: dict[str, str] = {}
    holding: dict[int, list[str]] = defaultdict(list)  # face → the images that count and have it
    for image in sorted(faces, key=lambda image: -len(faces[image])):
        own = faces[image]
        rarest = min(own, key=lambda face: len(holding[face]))  # who has all of them has it
        first = next((one for one in holding[rarest] if own <= faces[one]), None)
        if first is not None:
            found[image] = first
            continue
        for face in own:
            holding[face].append(image)
    return found


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


def _faces_of(table: pa.Table, near: float) -> dict[str, frozenset[int]]:
    """Give the faces of each image that has any, as numbers that are equal for copies."""
    table = table.filter(pc.is_valid(table["embedding"]))
    if not len(table):
        return {}
    groups = np.array([group or "" for group in table["group"].to_pylist()], str)
    codes = np.unique(groups, return_inverse=True)[1].astype(np.int64)
    compared = _compared(codes)
    numbers = np.arange(len(table))
    if compared.any():
        vectors = vectors_of(table.filter(pa.array(compared)))
        places = np.flatnonzero(compared)
        own = np.arange(len(places))
        numbers[places] = places[number_photographs(vectors, codes[places], own, near)]
    faces: dict[str, set[int]] = defaultdict(set)
    for image, number in zip(texts(table["image"]), numbers.tolist(), strict=True):
        faces[image].add(number)
    return {image: frozenset(own) for image, own in faces.items()}


def _compared(codes: Indices) -> np.ndarray:
    sizes = np.bincount(codes)
    if (sizes > COMPARED).any():
        log.warning(
            "a group has more than %d faces: in it only the same files count as copies", COMPARED
        )
    return sizes[codes] <= COMPARED
