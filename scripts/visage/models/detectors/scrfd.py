"""SCRFD (Guo et al., ICLR 2022), the detector of insightface's packs, with its five landmarks.

What goes in and what comes out is as in insightface's `model_zoo/scrfd.py`: the photograph, scaled
to fit and padded on the right and below (letter-boxed), RGB, (pixel - 127.5) / 128; of three grids
with two anchors a cell each: scores, distances to the four sides and to five points, in strides.
"""

from pathlib import Path

import cv2
import numpy as np

from visage.errors import VisageError
from visage.models.detectors.detector import Loaded, Rows
from visage.models.engines import Engine, Session
from visage.models.entries import ModelEntry
from visage.models.weights.files import file_of
from visage.types import Detector, Face, Floats, Pixels

STRIDES = (8, 16, 32)
ANCHORS = 2  # a cell
OVERLAP = 0.4  # of two boxes (intersection over union) from which on they are one face
FLOOR = 0.3  # below this the answers are noise; `faces.min_confidence` decides what counts
WIDTHS = (1, 4, 10)  # numbers an anchor: score, distances to the sides, to the points


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Loaded:
    """Load it; as `visage.models.detectors.load_detector`."""
    size = entry.detection_size
    if size is None or size % STRIDES[-1]:
        raise VisageError(
            "config/models.yaml: the detector scrfd needs a detection_size that is a multiple of "
            f"{STRIDES[-1]}, say 640."
        )
    graph = file_of(entry, weights, "detector")
    scrfd = Scrfd(engine.open(graph, threads, shape=(1, 3, size, size)), size, graph.name)
    return Loaded(lambda: scrfd)


class Scrfd(Detector):
    """SCRFD; serves as many threads as its session does."""

    def __init__(self, session: Session, size: int, name: str) -> None:
        """Wrap a loaded graph for photographs letter-boxed to (size, size).

        Raises:
            VisageError: The graph has other inputs or outputs.
        """
        inputs, outputs = session.get_inputs(), session.get_outputs()
        if len(inputs) != 1 or len(outputs) != len(STRIDES) * len(WIDTHS):
            raise VisageError(
                f"config/models.yaml: {name} has {len(inputs)} inputs and {len(outputs)} outputs; "
                "the detector scrfd has 1 and 9 (one with the five points of a face)."
            )
        self._session = session
        self._input = inputs[0].name
        self._size = size

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces in (height, width, 3) uint8, BGR, the surest first."""
        boxed, scale = letter_boxed(pixels, self._size)
        values = self._session.run(None, {self._input: as_input(boxed)})
        rows = decoded(values, self._size)
        rows[:, :14] /= scale
        return [_face(row) for row in _without_repeats(rows)]


def letter_boxed(pixels: Pixels, size: int) -> tuple[Pixels, float]:
    """Scale a photograph to fit into (size, size), black on the right and below; and the scale."""
    height, width = pixels.shape[:2]
    scale = size / max(height, width)
    fitted = (max(1, int(width * scale)), max(1, int(height * scale)))
    boxed = np.zeros((size, size, 3), np.uint8)
    boxed[: fitted[1], : fitted[0]] = cv2.resize(pixels, fitted)
    return boxed, scale


def as_input(boxed: Pixels) -> Floats:
    """Give (1, 3, size, size) float32, RGB."""
    blob = (boxed[..., ::-1].astype(np.float32) - 127.5) / 128
    return np.ascontiguousarray(blob.transpose(2, 0, 1)[None], np.float32)


def decoded(values: list[Floats], size: int) -> Rows:
    """Give the faces of all anchors with a score of at least `FLOOR`: (n, 15), as `Rows`.

    The outputs are told apart by their shapes: three widths, and of each the finest grid first.
    """
    flat = [value.reshape(-1, value.shape[-1]) for value in values]
    scores, sides, points = (
        sorted((v for v in flat if v.shape[1] == width), key=len, reverse=True) for width in WIDTHS
    )
    grids = zip(STRIDES, scores, sides, points, strict=True)
    parts = [
        _of_grid(score, side, point, stride, size // stride) for stride, score, side, point in grids
    ]
    return np.concatenate(parts)


def _of_grid(scores: Floats, sides: Floats, points: Floats, stride: int, cells: int) -> Rows:
    kept = np.flatnonzero(scores[:, 0] >= FLOOR)
    row, column = np.divmod(kept // ANCHORS, cells)
    anchor = np.stack([column, row], axis=1).astype(np.float32) * stride
    left_top = anchor - sides[kept, :2] * stride
    size = anchor + sides[kept, 2:] * stride - left_top
    landmarks = anchor[:, None] + points[kept].reshape(-1, 5, 2) * stride
    return np.concatenate([left_top, size, landmarks.reshape(-1, 10), scores[kept]], axis=1)


def _without_repeats(rows: Rows) -> Rows:
    boxes, scores = rows[:, :4].tolist(), rows[:, 14].tolist()
    return rows[np.asarray(cv2.dnn.NMSBoxes(boxes, scores, FLOOR, OVERLAP), dtype=int)]


def _face(row: Floats) -> Face:
    """Columns as in `Rows`; the points are in the template's order."""
    x, y, w, h = (float(value) for value in row[:4])
    return Face(x, y, w, h, float(row[14]), row[4:14].reshape(5, 2).astype(np.float32))
