"""The faces table: one row for each face of a set, and one for each image that gave none."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from visage.status import Status
from visage.store.arrow import schema
from visage.types import Box, Embedding, Floats

FACES = schema(
    [
        ("image", pa.string()),  # path relative to the set, see `visage.sets.listing.as_text`
        ("person", pa.string()),  # gallery: id = folder of the first level; null among queries
        ("group", pa.string()),  # queries: folder of the first level or ""; null in the gallery
        ("sha256", pa.string()),  # of the image file; null where it could not be read
        ("status", pa.string()),  # one of `visage.status.Status`
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
        ("quality", pa.float32()),  # what the embedding says of the face, 1: as clear as most;
        # null where none was made, and of models that do not say
        ("turn", pa.int16()),  # degrees clockwise by which the image is to be turned to be upright
        ("embedding", pa.list_(pa.float32())),  # as the model gives it; null where none was made
    ]
)

LATER = {"quality", "turn"}  # columns that tables of earlier versions lack


@dataclass(frozen=True)
class FaceRow:
    """A row of `FACES`, whose columns say what each field means.

    A row with an embedding has a face; one with a box has a confidence.
    """

    image: str
    status: Status
    reason: str = ""
    person: str | None = None
    group: str | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    face: int | None = None
    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None
    confidence: float | None = None
    landmarks: Floats | None = None  # (10,)
    sharpness: float | None = None
    quality: float | None = None
    turn: int | None = None
    embedding: Embedding | None = None

    def __post_init__(self) -> None:
        """Check what every reader of the table relies on."""
        assert self.face is not None or self.embedding is None, "an embedding is of a face"
        assert (self.x is None) == (self.confidence is None), "a box has a confidence"

    @property
    def box(self) -> Box | None:
        """Where the face is; None for an embedding that was imported."""
        if self.x is None or self.y is None or self.w is None or self.h is None:
            return None
        return Box(self.x, self.y, self.w, self.h)


_NAMES = [field.name for field in fields(FaceRow)]


def faces_table(rows: Iterable[FaceRow]) -> pa.Table:
    """Give rows as a table of `FACES`."""
    listed = [{name: getattr(row, name) for name in _NAMES} for row in rows]
    return pa.Table.from_pylist(listed, FACES)


def face_rows(table: pa.Table) -> Iterator[FaceRow]:
    """Give the rows of a faces table; fields whose columns were not read have their defaults.

    Args:
        table: Of `FACES`, with `image` and `status`, and `confidence` where there are boxes.
    """
    for row in table.to_pylist():
        for name, kind in _KINDS.items():
            if row.get(name) is not None:
                row[name] = kind(row[name])
        yield FaceRow(**row)


def _floats(values: list[float]) -> Floats:
    return np.array(values, np.float32)


_KINDS: dict[str, Callable[[Any], Any]] = {
    "status": Status,
    "landmarks": _floats,
    "embedding": _floats,
}
