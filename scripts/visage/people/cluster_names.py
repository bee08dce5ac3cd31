"""Names of clusters of nobody's faces, which stay the same as photographs come and go.

A cluster is called after a face: the one that was its most typical (its medoid) when it was first
seen, by the SHA-256 of its photograph and its box. Whichever face is the most typical changes with
every tenth photograph or so, so it is remembered, in the cache, which faces were the most typical
when the name was given, and a cluster that holds the first of them has that name. A name is never
given twice; where two named clusters become one, it has the older name, and the other's comes back
if they part again.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from visage.store.arrow import schema
from visage.store.tables import read_table, write_table
from visage.types import Indices

PREFIX = "unknown-"
DIGITS = 8  # of the hash; more where two would be the same
ANCHORS = 5  # faces that are remembered of a name
SAME = 0.5  # intersection over union of two boxes of one face
BOX = ["x", "y", "w", "h"]
NAMES = schema(
    [
        ("name", pa.string()),  # in the order in which they were given, the medoid's row first
        ("sha256", pa.string()),  # of the photograph with a face that was typical then
        *((side, pa.float32()) for side in BOX),  # in pixels of the upright image
    ]
)


def read_names(path: Path) -> pd.DataFrame:
    """Give the names that were given so far, oldest first; none where there is no file.

    Raises:
        VisageError: The file is damaged.
    """
    table = read_table(path, NAMES.names) if path.exists() else NAMES.empty_table()
    return table.to_pandas()


def write_names(path: Path, names: pd.DataFrame) -> None:
    """Remember the names; hashes and boxes are read by their owner only."""
    write_table(path, pa.Table.from_pandas(names, NAMES, preserve_index=False))


def name_clusters(
    faces: pd.DataFrame, typical: Sequence[Sequence[int]], known: pd.DataFrame
) -> tuple[list[str], pd.DataFrame]:
    """Name clusters.

    Args:
        faces: sha256 and `BOX` of every face that is nobody's, numbered from 0.
        typical: The faces of each cluster that is to have a name, the most typical first.
        known: The names given so far.

    Returns:
        The name of each cluster, and `known` with those that are new.
    """
    cluster = np.full(len(faces), -1)
    for number, rows in enumerate(typical):
        cluster[list(rows)] = number
    named = _known_names(known, rows_of(known, faces), cluster)
    new = [number for number in range(len(typical)) if number not in named]
    taken = set(known["name"])
    medoids = faces.iloc[[typical[number][0] for number in new]]
    hashes, boxes = medoids["sha256"].tolist(), medoids[BOX].to_numpy().tolist()
    for number, sha256, box in zip(new, hashes, boxes, strict=True):
        named[number] = _new_name(sha256, box, taken)
        taken.add(named[number])
    anchors = [(named[number], row) for number in new for row in typical[number][:ANCHORS]]
    more = faces.iloc[[row for _, row in anchors]][["sha256", *BOX]]
    more = more.assign(name=[name for name, _ in anchors])[NAMES.names]
    return [named[n] for n in range(len(typical))], pd.concat([known, more], ignore_index=True)


def _known_names(known: pd.DataFrame, rows: Indices, cluster: Indices) -> dict[int, str]:
    """Give the clusters that have a name already: of two names the older one."""
    named: dict[int, str] = {}
    used: set[str] = set()
    for name, row in zip(known["name"], rows, strict=True):
        number = int(cluster[row]) if row >= 0 else -1
        if number >= 0 and number not in named and name not in used:
            named[number] = name
            used.add(name)
    return named


def kept_apart(names: pd.DataFrame, faces: pd.DataFrame, refused: pd.DataFrame) -> Indices:
    """Give pairs of faces that must not be in one cluster, shape (m, 2).

    Args:
        names: The names given so far.
        faces: sha256 and `BOX` of every face that is nobody's, numbered from 0.
        refused: row (of `faces`) and name: whom somebody said a face is not.
    """
    anchors = names.assign(anchor=rows_of(names, faces))[["name", "anchor"]]
    pairs = refused.merge(anchors[anchors["anchor"] >= 0], on="name")
    pairs = pairs[pairs["row"] != pairs["anchor"]]
    return pairs[["row", "anchor"]].to_numpy(np.int64).reshape(-1, 2)


def without(names: pd.DataFrame, faces: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """Leave out what a name was taken from, where somebody said that it is not that face's.

    A name of which nothing would be left stays as it is.

    Args:
        names: The names given so far.
        faces: sha256 and `BOX` of every face that is nobody's, numbered from 0.
        refused: row (of `faces`) and name: whom somebody said a face is not.
    """
    own = names.assign(row=rows_of(names, faces)).merge(
        refused.assign(said=True), on=["row", "name"], how="left"
    )
    said = own["said"].notna().to_numpy()
    left = names.loc[~said, "name"]
    return names[~said | ~names["name"].isin(left).to_numpy()].reset_index(drop=True)


def rows_of(wanted: pd.DataFrame, faces: pd.DataFrame) -> Indices:
    """Find faces again by the content of their photograph and by their box.

    Args:
        wanted: sha256 and `BOX` of each.
        faces: The same of the faces there are.

    Returns:
        The row of the face of `faces` that overlaps each most, by half of their union or more;
        of several the first; −1 where there is none.
    """
    wanted = wanted[["sha256", *BOX]].assign(wanted=np.arange(len(wanted)))
    there = faces[["sha256", *BOX]].assign(row=np.arange(len(faces)))
    both = wanted.merge(there, on="sha256", suffixes=("", "_there"))
    both["shared"] = _overlap(both)
    both = both[both["shared"] >= SAME].sort_values(
        ["wanted", "shared", "row"], ascending=[True, False, True]
    )
    both = both[~both.duplicated("wanted")]
    found = np.full(len(wanted), -1)
    found[both["wanted"].to_numpy()] = both["row"].to_numpy()
    return found


def _overlap(both: pd.DataFrame) -> pd.Series:
    """Give the intersection over union of each row's two boxes."""
    shared = pd.Series(1.0, both.index)
    for start, side in (("x", "w"), ("y", "h")):
        low = both[[start, f"{start}_there"]].max(axis=1)
        ends = [both[start] + both[side], both[f"{start}_there"] + both[f"{side}_there"]]
        shared *= (pd.concat(ends, axis=1).min(axis=1) - low).clip(lower=0)
    union = both["w"] * both["h"] + both["w_there"] * both["h_there"] - shared
    return shared / union


def _new_name(sha256: str, box: Sequence[float], taken: set[str]) -> str:
    sides = ",".join(str(round(side)) for side in box)
    digest = hashlib.sha256(f"{sha256} {sides}".encode()).hexdigest()
    lengths = range(DIGITS, len(digest) + 1)
    return next(n for n in (PREFIX + digest[:length] for length in lengths) if n not in taken)
