"""The original program's gallery, `face.db` and `face.json`, taken as it is."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from visage.errors import VisageError
from visage.sets.deny import read_deny
from visage.sets.existing import LABELS, item_image, read_labels
from visage.sets.listing import Entry, Stat, shard_of
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table
from visage.types import Floats


def import_index(
    database: Path,
    labels: Path,
    origin: Origin,
    dimension: int,
    deny: str | None,
    outputs: list[Path],
) -> None:
    """Write the gallery's faces tables from an existing index: one row an item.

    Args:
        database: The Annoy index, "euclidean".
        labels: The JSON list: item → person.
        origin: The model that the index's embeddings were made with.
        dimension: Of an embedding.
        deny: The deny list; its people's items are left out.
        outputs: The tables, by shard.

    Raises:
        VisageError: The two files do not belong together or not to the model.
    """
    people = read_labels(labels)
    vectors = read_vectors(database, dimension, len(people))
    finite = np.logical_and(np.isfinite(vectors).all(axis=1), vectors.any(axis=1))
    denying = read_deny(deny)
    rows: list[list[dict]] = [[] for _ in outputs]
    for item, person in enumerate(people):
        image = item_image(person, item)
        if denying.leaves_out("gallery", Entry(image, Stat(0, 0))):
            continue
        row = {"image": image, "person": person, "status": "ok", "face": 0}
        row |= {"reason": f"item {item} of {database}", "embedding": vectors[item]}
        if not finite[item]:
            row |= {"status": "bad_vector", "embedding": None, "face": None}
            row["reason"] = f"item {item} of {database} holds zeros only, or no finite numbers"
        rows[shard_of(image, len(outputs))].append(row)
    for path, part in zip(outputs, rows, strict=True):
        write_table(path, pa.Table.from_pylist(part, FACES), origin)


def read_vectors(path: Path, dimension: int, number: int) -> Floats:
    """Read all items of an Annoy index: (number, dimension) float32.

    The file is an array of nodes of one size: how many items are below (int32), a number, two
    children, the vector; the items come first, in their order, and have nothing below them but
    themselves (`Minkowski::Node` in annoylib.h). Annoy itself would follow whatever is in a
    damaged file; and it is not in the environment in which images are embedded.
    """
    node = np.dtype([("below", "<i4"), ("a", "<f4"), ("to", "<i4", 2), ("v", "<f4", dimension)])
    size = path.stat().st_size
    if size % node.itemsize == 0 and size // node.itemsize >= number:
        nodes = np.memmap(path, node, "r")
        if (nodes["below"][:number] == 1).all() and (nodes["below"][number:] > 1).all():
            return np.array(nodes["v"][:number])
    raise VisageError(
        f"index.existing: {path} does not hold {number} items (as many as {LABELS}) of "
        f"{dimension} numbers each (as the config's model gives). The two files do not belong "
        "together, one is damaged, or the config names another model than the one they come from."
    )
