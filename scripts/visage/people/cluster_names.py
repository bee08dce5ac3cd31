"""Names of clusters of nobody's faces, which stay the same as photographs come and go.

A cluster is called after a face: the one that was its most typical (its medoid) when it was first
seen, by the SHA-256 of its photograph and its box. Whichever face is the most typical changes with
every tenth photograph or so, so what a name was taken from is remembered, in the cache, and a
cluster that holds that face has that name. A name is never given to another face; where two named
clusters become one, it has the older name, and the other's comes back if they part again.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from visage.store.tables import read_table, write_table
from visage.types import Indices

PREFIX = "unknown-"
DIGITS = 8  # of the hash; more where two would be the same
SAME = 0.5  # intersection over union of two boxes of one face
BOX = ["x", "y", "w", "h"]
NAMES = pa.schema(
    [
        ("name", pa.string()),  # in the order in which they were given
        ("sha256", pa.string()),  # of the photograph with the face it was taken from
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
    faces: pd.DataFrame, medoids: Sequence[int], cluster: Indices, known: pd.DataFrame
) -> tuple[list[str], pd.DataFrame]:
    """Name clusters.

    Args:
        faces: sha256 and `BOX` of every face that is nobody's, numbered from 0.
        medoids: The most typical face of each cluster that is to have a name.
        cluster: Of each face, an index into `medoids`; below 0: of none of them.
        known: The names given so far.

    Returns:
        The name of each cluster, and `known` with those that are new.
    """
    named: dict[int, str] = {}
    for name, row in zip(known["name"], rows_of(known, faces), strict=True):
        if row >= 0 and cluster[row] >= 0:
            named.setdefault(int(cluster[row]), name)
    taken = set(known["name"])
    new = []
    for number, medoid in enumerate(medoids):
        if number not in named:
            face = faces.iloc[medoid]
            named[number] = _new_name(face, taken)
            taken.add(named[number])
            new.append({"name": named[number], **face[["sha256", *BOX]]})
    names = [named[number] for number in range(len(medoids))]
    return names, pd.concat([known, pd.DataFrame(new, columns=NAMES.names)], ignore_index=True)


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


def _new_name(face: pd.Series, taken: set[str]) -> str:
    box = ",".join(str(round(face[side])) for side in BOX)
    digest = hashlib.sha256(f"{face['sha256']} {box}".encode()).hexdigest()
    lengths = range(DIGITS, len(digest) + 1)
    return next(n for n in (PREFIX + digest[:length] for length in lengths) if n not in taken)
