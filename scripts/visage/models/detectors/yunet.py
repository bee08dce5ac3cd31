"""YuNet run by OpenVINO, which takes little more than half the time of OpenCV's own engine.

What goes in and what its outputs mean is as in OpenCV's `cv2.FaceDetectorYN` (4.x and 5,
modules/objdetect/src/face_detect.cpp); on 141 faces the same boxes to 3e-5 pixels.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.models.engines.sessions import OpenVinoSession
from visage.types import Pixels

Rows = NDArray[np.float32]  # (n, 15): x y w h, five landmarks (x y each), score

STRIDES = (8, 16, 32)  # pixels of the image to a cell of each of the three grids
OUTPUTS = [f"{name}_{stride}" for name in ("cls", "obj", "bbox", "kps") for stride in STRIDES]
# Two boxes that overlap by more (intersection over union) are one face: FaceDetectorYN's default.
OVERLAP = 0.3


class OpenVinoYuNet:
    """YuNet for any number of threads: each has a request of its own."""

    def __init__(self, graph: Path, threads: int) -> None:
        """Load `graph` for `threads` callers."""
        self._session = OpenVinoSession(graph, threads, shape=(1, 3, -1, -1))
        self._input = self._session.get_inputs()[0].name

    def detect(self, pixels: Pixels, floor: float) -> Rows:
        """Find the faces with a score of at least `floor` in (height, width, 3) uint8, BGR.

        Returns:
            (n, 15) float32, highest score first.
        """
        blob = _as_input(pixels)
        values = self._session.run(OUTPUTS, {self._input: blob})
        outputs = {name: value[0] for name, value in zip(OUTPUTS, values, strict=True)}
        columns = blob.shape[3]
        rows = np.concatenate([_decoded(outputs, stride, columns, floor) for stride in STRIDES])
        return _without_repeats(rows, floor)


def _as_input(pixels: Pixels) -> NDArray[np.float32]:
    """Pad with black on the right and below to multiples of the largest stride: (1, 3, h, w)."""
    height, width = pixels.shape[:2]
    down, right = -height % STRIDES[-1], -width % STRIDES[-1]
    padded = cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return cv2.dnn.blobFromImage(padded)


def _decoded(outputs: dict[str, Rows], stride: int, width: int, floor: float) -> Rows:
    """Give the faces of one grid, its cells counted row by row."""
    classes, objects = (outputs[f"{name}_{stride}"][:, 0].clip(0, 1) for name in ("cls", "obj"))
    scores = np.sqrt(classes * objects)
    cells = np.flatnonzero(scores >= floor)
    row, column = np.divmod(cells, width // stride)
    corner = np.stack([column, row], axis=1).astype(np.float32)  # in cells
    box, points = outputs[f"bbox_{stride}"][cells], outputs[f"kps_{stride}"][cells]
    size = np.exp(box[:, 2:])
    left_top = corner + box[:, :2] - size / 2
    landmarks = points.reshape(-1, 5, 2) + corner[:, None]
    parts = [left_top * stride, size * stride, landmarks.reshape(-1, 10) * stride]
    return np.concatenate([*parts, scores[cells, None]], axis=1)


def _without_repeats(rows: Rows, floor: float) -> Rows:
    """Keep the best of the boxes that are one face; OpenCV compares them in whole pixels."""
    boxes = rows[:, :4].astype(int).tolist()
    kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), floor, OVERLAP)
    return rows[np.asarray(kept, dtype=int)]
