"""Faces that nobody has: tables of any size, as the embed step writes them."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table

EACH = 5  # photographs of a person
SPREAD = 0.6  # of a person's faces about their own direction; the directions' own is 1


def write_faces(path: Path, label: str, faces: int, dimension: int, origin: Origin) -> None:
    """Write a faces table; the same people in the same order in every table.

    Args:
        path: The Parquet file.
        label: `person` for a gallery, `group` for queries, who are then other photographs.
        faces: Rows, one face an image, EACH of a person.
        dimension: Floats of an embedding.
        origin: The model that the table says it is of.
    """
    people = np.random.default_rng(7).standard_normal((-(-faces // EACH), dimension), np.float32)
    own = np.arange(faces) // EACH
    random = np.random.default_rng(1 if label == "person" else 2)
    vectors = people[own] + SPREAD * random.standard_normal((faces, dimension), np.float32)
    values = pa.array(vectors.ravel(), pa.float32())
    rows: dict[str, Any] = {
        "image": [f"{person:06d}/{item:07d}.jpg" for item, person in enumerate(own)],
        label: [f"{person:06d}" for person in own],
        "sha256": [f"{label}{item:07d}" for item in range(faces)],
        "status": ["ok"] * faces,
        "reason": [""] * faces,
        "face": [0] * faces,
        "embedding": pa.ListArray.from_arrays(
            pa.array(np.arange(faces + 1) * dimension, pa.int32()), values
        ),
    }
    columns = [
        pa.array(rows[field.name], field.type)
        if field.name in rows
        else pa.nulls(faces, field.type)
        for field in FACES
    ]
    write_table(path, pa.table(columns, schema=FACES), origin)
