"""Faces made where a person marked one that was not found; each once, whatever is said later."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from visage.embed.region import RegionFace, face_in_region
from visage.embed.selection import Choice, Selected
from visage.errors import VisageError
from visage.images.decode import ImageProblem
from visage.images.locate import locate
from visage.images.reading import read
from visage.status import Status
from visage.store.arrow import schema
from visage.store.faces import FACES
from visage.store.parts import part_hash
from visage.store.paths import as_path
from visage.store.tables import read_table, write_table
from visage.types import Box, Detector, Model

log = logging.getLogger(__name__)

_BOX = ("x", "y", "w", "h")
_MADE = ("status", "reason", *_BOX, "confidence", "landmarks", "sharpness", "quality", "embedding")
_SCHEMA = schema(
    [
        ("sha256", pa.string()),
        *((f"region_{side}", pa.float64()) for side in _BOX),
        *((name, FACES.field(name).type) for name in _MADE),
    ]
)


class FaceMaker:
    """Makes faces, with a model that is loaded when the first one needs it."""

    def __init__(
        self, roots: Mapping[str, Path], load: Callable[[], Model], cache: Path, choice: Choice
    ) -> None:
        """Learn what was made before.

        Args:
            roots: The folder of each set.
            load: Loads the model.
            cache: The file of what this model has made; it need not exist and may be deleted.
            choice: Says which faces are too poor to tell.
        """
        self._choice = choice
        self._roots = roots
        self._load = load
        self._cache = cache
        self._known = {_key(row): row for row in _read(cache)}
        self._used: set[tuple] = set()
        self._model: tuple[Model, Detector] | None = None
        self.made = 0

    def __call__(self, name: str, image: str, sha256: str, box: Box) -> dict[str, Any]:
        """Give the columns of a face: of the set `name`, in the region `box`.

        A photograph that cannot be read now gives a row without an embedding that says why.
        """
        key = (sha256, *map(float, box))
        self._used.add(key)
        if key not in self._known:
            row = self._make(self._roots[name], as_path(image), sha256, box)
            if row["embedding"] is None:
                return row
            region = {f"region_{side}": float(value) for side, value in box._asdict().items()}
            self._known[key] = row | {"sha256": sha256} | region
            self.made += 1
        made = {column: self._known[key][column] for column in _MADE}
        told = self._choice.judged(Selected(0, Status.OK, made["reason"]), made["quality"])
        return made | {"status": told.status.value, "reason": told.reason}

    def save(self) -> None:
        """Write what was made or used; what nobody speaks of any more is forgotten."""
        rows = [row for key, row in sorted(self._known.items()) if key in self._used]
        if rows or self._cache.exists():
            write_table(self._cache, pa.Table.from_pylist(rows, _SCHEMA))
        log.info("%d faces made, %d known", self.made, len(rows) - self.made)

    def _make(self, root: Path, image: str, sha256: str, box: Box) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(_MADE) | box._asdict()
        try:
            path, part = locate(root, image)
            data, _ = read(path)
            if part_hash(hashlib.sha256(data).hexdigest(), part.key) != sha256:
                return row | {"status": Status.CHANGED.value, "reason": Status.CHANGED.sentence}
            if self._model is None:
                model = self._load()
                self._model = model, model.detector()
            return row | _columns(face_in_region(*self._model, data, box, part))
        except ImageProblem as problem:
            return row | {"status": problem.status.value, "reason": problem.reason}
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            return row | {"status": Status.UNREADABLE.value, "reason": reason}


def _columns(made: RegionFace) -> dict[str, Any]:
    face = made.face
    return {
        "status": Status.OK.value,
        "reason": made.reason,
        **{side: getattr(face, side) for side in _BOX},
        "confidence": face.confidence,
        "landmarks": np.asarray(face.landmarks, np.float32).ravel().tolist(),
        "sharpness": made.sharpness,
        "quality": made.quality,
        "embedding": np.asarray(made.embedding, np.float32).tolist(),
    }


def _key(row: Mapping[str, Any]) -> tuple:
    return (row["sha256"], *(row[f"region_{side}"] for side in _BOX))


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        return read_table(path, _SCHEMA.names).to_pylist()
    except VisageError as error:
        log.warning("%s; it is made again", error)
        return []
