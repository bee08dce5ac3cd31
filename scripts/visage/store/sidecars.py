"""The files beside the tables that users of the original program expect."""

import json
import logging
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.store.arrow import equal, texts
from visage.store.files import (
    PRIVATE,
    TEMPORARY,
    remove_if_old,
    write_if_changed,
    write_new,
    write_text,
)
from visage.store.paths import as_path, as_text, shard_of
from visage.store.tables import read_table

log = logging.getLogger(__name__)

# How the lists begin: of numbers in `<image>.vector`, of people with their ids in `<image>.json`.
# Either may be empty, or cut short by a full disk.
_BEGINS = {
    ".vector": re.compile(rb"\s*(\[\s*([-\d\]NI]|$)|$)"),
    ".json": re.compile(rb"\s*(\[\s*(\{\s*\"id\"|\]|$)|$)"),
}


def sidecar_path(folder: Path, image: str, suffix: str) -> Path:
    """Give the sidecar of an image below `folder`, which mirrors the image tree."""
    return folder / (as_path(image) + suffix)


def write_sidecar(path: Path, values: list, mode: int) -> bool:
    """Write a sidecar as one line of JSON; tell whether it was written.

    Another program's file of that name stays as it is.
    """
    text = json.dumps(values) + "\n"
    try:
        if write_new(path, text.encode(), mode):
            return True
        if is_foreign(path):
            log.warning("%s is another program's file and is left alone", path)
            return False
        # A file that says so already is left: to replace it takes a hundred times as long as to
        # read it where the file system flushes on replacement (ext4), 2 to 4 ms each.
        write_if_changed(path, text, mode)
    except OSError as error:
        # An image's name may be as long as a name can be. The table holds everything it would.
        log.warning("%s cannot be written (%s); its content is in the table", path, error.strerror)
        return False
    return True


def is_foreign(path: Path) -> bool:
    """Tell whether a file with a sidecar's name is another program's, by how it begins.

    In Google Takeout, `photo.jpg.json` holds a photograph's metadata; `.vector` may be a drawing.
    Such files are neither written over nor deleted.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return not _BEGINS[path.suffix].match(file.read(64))


def write_vectors(folder: Path, table: pa.Table) -> None:
    """Write `<image>.vector` for the most prominent face of every image of a faces table."""
    for image, embedding in prominent_embeddings(table):
        write_sidecar(sidecar_path(folder, image, ".vector"), as_json(embedding), PRIVATE)


def as_json(embedding: NDArray[np.float32]) -> list[float]:
    """Give an embedding as the numbers that stand in a `.vector` file."""
    return embedding.astype(np.float64).tolist()


def prominent_embeddings(table: pa.Table) -> Iterable[tuple[str, NDArray[np.float32]]]:
    """Give each image that has one with the embedding of its most prominent face."""
    images = texts(table["image"])
    embeddings = table["embedding"]
    seen = set()
    for row, image in enumerate(images):  # faces stand in order of prominence
        if image not in seen and embeddings[row].is_valid:
            seen.add(image)
            yield image, embeddings[row].values.to_numpy()


def extract_vector(table: Path, image: str, output: Path) -> None:
    """Write the `.vector` file of one image from its shard's table.

    Raises:
        VisageError: The image is not in the set, or no face was found in it.
    """
    faces = read_table(table, ["image", "status", "reason", "embedding"])
    rows = faces.filter(equal(faces["image"], image))
    if not rows.num_rows:
        raise VisageError(f"There is no image {image!r} in this set, so it has no .vector file.")
    for _, embedding in prominent_embeddings(rows):
        write_text(output, json.dumps(as_json(embedding)) + "\n", PRIVATE)
        return
    row = rows.to_pylist()[0]
    raise VisageError(f"{image} has no .vector file: {row['status']}. {row['reason']}")


def remove_orphans(
    folder: Path, suffix: str, shard: int, shards: int, keep: Callable[[str], bool]
) -> None:
    """Delete sidecars of this shard whose image is gone or gives none any more.

    Only for a folder of the results: beside the images lie other programs' files too. What does not
    begin as ours is left here, as well.
    """
    # Each shard meets the files of all shards: `Path.rglob` takes seven times as long.
    for place, _, names in os.walk(folder):
        below = "" if Path(place) == folder else f"{Path(place).relative_to(folder).as_posix()}/"
        for name in names:
            if name.startswith(TEMPORARY):
                remove_if_old(Path(place, name))
            if not name.endswith(suffix):
                continue
            image = as_text(below + name).removesuffix(suffix)
            if shard_of(image, shards) == shard and not keep(image):
                _remove_own(Path(place, name))


def _remove_own(path: Path) -> None:
    if path.is_file() and not is_foreign(path):
        log.info("%s is deleted: its image gives none any more", path)
        path.unlink(missing_ok=True)
