"""What a search of a gallery's photographs would start from, had they come as queries.

The index chooses among several faces of a photograph the one that agrees with the person's others.
A query has no name to agree with: it is searched by its most prominent face. And a photograph in
which no usable face is found (failure to acquire) is a search that finds nobody.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from visage.search.index import usable_faces, vectors_of
from visage.status import Status
from visage.store.arrow import equal, texts
from visage.store.tables import read_table
from visage.types import Embeddings

# A face was not found, or is none to be recognised; a file that cannot be read is no photograph.
FAILURES = (Status.NO_FACE, Status.TOO_SMALL, Status.POOR)


@dataclass(frozen=True)
class Acquired:
    """What the faces tables say beyond the index."""

    other_faces: dict[str, int]  # image → row of `embeddings`, where the index took another face
    embeddings: Embeddings  # (n, d), as the model gives them
    failed: list[str]  # the person of each photograph without a usable face


def acquire(tables: list[Path], faces: pa.Table) -> Acquired:
    """Read the gallery's faces tables.

    Args:
        tables: The faces tables of all shards.
        faces: The index's rows: image and face.
    """
    taken = pd.Series(faces["face"].to_numpy(), faces["image"].to_pandas())
    # Where labels gave an image several people, each is searched by the face that is theirs.
    taken = taken[~taken.index.duplicated(keep=False)]
    parts = [_of_table(path, taken) for path in tables]
    prominent = pa.concat_tables([part for part, _ in parts])
    images = texts(prominent["image"])
    return Acquired(
        {image: row for row, image in enumerate(images)},
        vectors_of(prominent),
        [person for _, failed in parts for person in failed],
    )


def _of_table(path: Path, taken: pd.Series) -> tuple[pa.Table, list[str]]:
    """Give the prominent faces that the index did not take, and the failures' people."""
    table = read_table(path, ["image", "person", "status", "face", "embedding"])
    clear = equal(table["status"], Status.OK)  # a query is not searched by a poor face
    usable = table.filter(pc.and_(usable_faces(table), clear))
    faces = usable.select(["image", "face"]).to_pandas()
    first = faces.sort_values("face", kind="stable").drop_duplicates("image")
    first = first[first["image"].isin(taken.index)]
    other = first[first["face"].to_numpy() != taken[first["image"]].to_numpy()]
    rest = table.select(["image", "person", "status"]).to_pandas()
    lost = rest[rest["status"].isin(FAILURES) & ~rest["image"].isin(faces["image"])]
    people = lost.drop_duplicates("image")["person"].dropna().tolist()
    return usable.select(["image", "embedding"]).take(pa.array(other.index.sort_values())), people
