"""The tables that flow through the workflow, and how they are read and written.

A faces table has one row for each face, and one for each image that gave none. Which columns it
has is said once, in `FACES`; the meaning of each stands beside it.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from visage.errors import VisageError
from visage.store.files import PRIVATE, replacing

FACES = pa.schema(
    [
        ("image", pa.string()),  # path relative to the set, see `visage.sets.listing.as_text`
        ("person", pa.string()),  # gallery: id = folder of the first level; null among queries
        ("group", pa.string()),  # queries: folder of the first level or ""; null in the gallery
        ("sha256", pa.string()),  # of the image file; null where it could not be read
        ("status", pa.string()),  # one of STATUSES
        ("reason", pa.string()),  # a sentence, "" for a plain ok
        ("width", pa.int32()),  # of the upright image, pixels; null where it could not be read
        ("height", pa.int32()),
        ("face", pa.int16()),  # 0 = most prominent; null on the row of an image without a face
        ("x", pa.float32()),  # box in pixels of the upright image: left, top, width, height
        ("y", pa.float32()),
        ("w", pa.float32()),
        ("h", pa.float32()),
        ("confidence", pa.float32()),  # the detector's, 0 to 1
        ("landmarks", pa.list_(pa.float32())),  # x, y of right eye, left eye, nose, right and
        # left corner of the mouth (the person's own right and left); null where not known
        ("sharpness", pa.float32()),  # variance of the Laplacian of the aligned grey face, 0 to 255
        ("embedding", pa.list_(pa.float32())),  # as the model gives it; null where none was made
    ]
)

STATUSES = {
    "ok": "a face with an embedding",
    "no_face": "no face was found in the image",
    "too_small": "a face smaller than faces.min_size",
    "outside_region": "a face whose centre is in none of the image's regions",
    "unreadable": "the file is not an image, is damaged, empty, or may not be read",
    "too_large": "more pixels than the cap against decompression bombs",
    "bad_vector": "an existing .vector file that does not hold an embedding of the model",
    "no_person": "a gallery image at the top level, so that no folder names its person",
    "changed": "the image changed or vanished while the workflow ran",
    "denied": "a photograph on the deny list, under another name",
}


@dataclass(frozen=True)
class Origin:
    """Where a table comes from; kept in its metadata, so that different models never mix."""

    model: str  # the entry of config/models.yaml
    fingerprint: str  # of everything that decides an embedding, see `visage.models.fingerprint`


# What reading a damaged Parquet file raises; which of them, the place of the damage decides.
DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError)


def write_table(path: Path, table: pa.Table, origin: Origin | None = None) -> None:
    """Write `table` to the Parquet file `path`, whole or not at all, readable by the owner only."""
    metadata = {"model": origin.model, "fingerprint": origin.fingerprint} if origin else {}
    table = table.replace_schema_metadata(metadata)
    with replacing(path, PRIVATE) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read the Parquet file `path`.

    Raises:
        VisageError: The file is missing, cut short or damaged.
    """
    try:
        table = pq.read_table(
            path, columns=columns, partitioning=None, page_checksum_verification=True
        )
        # Damage to the columns' names is in no page: Arrow would leave the column out.
        if missing := set(columns or ()) - set(table.column_names):
            raise pa.ArrowInvalid(f"no column {', '.join(sorted(missing))}")
        return table
    except FileNotFoundError as error:
        raise VisageError(f"{path} is missing. Run the workflow again: it will be made.") from error
    except DAMAGE as error:
        raise VisageError(
            f"{path} is damaged ({error}). Delete it and run the workflow again: the embeddings "
            "are taken from results/cache, nothing is computed twice."
        ) from error


def read_origin(path: Path) -> Origin:
    """Read from the metadata of `path` which model made the table."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        return Origin(metadata[b"model"].decode(), metadata[b"fingerprint"].decode())
    except DAMAGE as error:
        raise VisageError(
            f"{path} is damaged or not a table of this workflow ({error}). Delete it and run the "
            "workflow again."
        ) from error


def common_origin(paths: list[Path]) -> Origin:
    """Give the one origin of all tables in `paths` (at least one).

    Raises:
        VisageError: Two tables come from different models; the message names both files.
    """
    first = read_origin(paths[0])
    for path in paths[1:]:
        origin = read_origin(path)
        if origin.fingerprint != first.fingerprint:
            raise VisageError(
                f"{paths[0]} was made by {first.model} ({first.fingerprint[:12]}), {path} by "
                f"{origin.model} ({origin.fingerprint[:12]}): embeddings of different models "
                "cannot be compared. Delete the older file and run the workflow again."
            )
    return first
