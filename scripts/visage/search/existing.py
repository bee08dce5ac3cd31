"""The original program's gallery, `face.db` and `face.json`, taken as it is.

The Snakefile imports this module, so what is heavy is imported only where it is used.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from visage.errors import VisageError
from visage.sets.listing import SETS, Entry, Stat, shard_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from visage.config import Config
    from visage.store.tables import Origin

DATABASE, LABELS = "face.db", "face.json"
_REMEDY = "Set index.existing to the folder in which the original program's builder left both."


def listed(config: "Config") -> tuple[str, ...]:
    """Give the sets whose folders are listed.

    Not the gallery where an index stands for it, or only labels say who is who.
    """
    return ("queries",) if config.index.existing or config.gallery is None else SETS


def paths(folder: str) -> tuple[str, str]:
    """Give where the two files of an existing gallery belong, whether they are there or not."""
    return str(Path(folder, DATABASE)), str(Path(folder, LABELS))


def files_of(folder: str) -> tuple[str, str]:
    """Give the two files of an existing gallery.

    Raises:
        VisageError: One is missing.
    """
    for path in map(Path, paths(folder)):
        if not path.is_file():
            raise VisageError(f"index.existing: there is no file {path.absolute()}. {_REMEDY}")
    return paths(folder)


def item_image(label: str, item: int) -> str:
    """Give what stands for an item's photograph, which the index does not name."""
    return f"{label}/{DATABASE} item {item:07}"


def images(folder: str) -> list[str]:
    """Give what stands for the photographs of an existing gallery, in the order of its items.

    Raises:
        VisageError: The gallery is incomplete, or its labels are none.
    """
    people = read_labels(Path(files_of(folder)[1]))
    return [item_image(person, item) for item, person in enumerate(people)]


def item_of(image: str) -> int:
    """Give the item that `item_image` named."""
    return int(image.rpartition(" ")[2])


def import_index(
    database: Path,
    labels: Path,
    origin: "Origin",
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
    import numpy as np
    import pyarrow as pa

    from visage.sets.deny import read_deny
    from visage.store.faces import FACES
    from visage.store.tables import write_table

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


def read_labels(path: Path) -> list[str]:
    """Read `face.json`: item → person.

    Raises:
        VisageError: It is not a JSON list of names.
    """
    try:
        people = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VisageError(f"index.existing: {path} is not JSON ({error}). {_REMEDY}") from error
    if not isinstance(people, list) or not people or not all(map(_is_name, people)):
        raise VisageError(
            f"index.existing: {path} is not a list of people's ids, one for each item of "
            f"{DATABASE}, as the original program writes it."
        )
    return [str(person).replace("/", "_") for person in people]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read_vectors(path: Path, dimension: int, number: int) -> "NDArray[np.float32]":
    """Read all items of an Annoy index: (number, dimension) float32.

    The file is an array of nodes of one size: how many items are below (int32), a number, two
    children, the vector; the items come first, in their order, and have nothing below them but
    themselves (`Minkowski::Node` in annoylib.h). Annoy itself would follow whatever is in a
    damaged file; and it is not in the environment in which images are embedded.
    """
    import numpy as np

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
