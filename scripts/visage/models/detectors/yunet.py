"""YuNet, with all its five landmarks, of which DeepFace's client drops three.

Run by OpenVINO it takes little more than half the time of OpenCV's own engine. What goes in and
what its outputs mean is as in OpenCV's `cv2.FaceDetectorYN` (4.x and 5,
modules/objdetect/src/face_detect.cpp); on 141 faces the same boxes to 3e-5 pixels.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.models.detectors.detector import GLIMPSES, Loaded, Network, Rows, Scaled
from visage.models.detectors.looks import SIDE, Looks
from visage.models.engines import Engine
from visage.models.engines.openvino import OpenVino
from visage.models.entries import ModelEntry
from visage.models.weights.files import file_of
from visage.types import Face, Floats, Pixels, Seen

STRIDES = (8, 16, 32)  # pixels of the image to a cell of each of the three grids
OUTPUTS = [f"{name}_{stride}" for name in ("cls", "obj", "bbox", "kps") for stride in STRIDES]
# Two boxes that overlap by more (intersection over union) are one face: FaceDetectorYN's default.
OVERLAP = 0.3
# Below this the network's answers are noise; `faces.min_confidence` decides what counts.
FLOOR = 0.3
Size = tuple[int, int]  # (height, width), pixels
Outputs = dict[str, Floats]  # by the names of `OUTPUTS`: (cells, numbers a cell)


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Loaded:
    """Load it; as `visage.models.detectors.load_detector`.

    OpenVINO's network serves all threads at once; OpenCV's belongs to one, so each has its own.
    """
    size = entry.detection_size
    if size is None:
        raise VisageError("config/models.yaml: the detector yunet needs a detection_size, say 640.")
    graph = file_of(entry, weights, "detector", "face_detection_yunet_2023mar.onnx")
    if isinstance(engine, OpenVino):
        yunet = YuNet(PreparedYuNet(graph, threads, GLIMPSES))
        return Loaded(lambda: Scaled(yunet, size), _refiner(entry, graph, threads))
    return Loaded(lambda: Scaled(YuNet(OpenCvYuNet(graph)), size))


def _refiner(entry: ModelEntry, graph: Path, threads: int) -> Callable[[Pixels, Face], Face] | None:
    if not entry.looks:
        return None
    return Looks(OpenVinoYuNet(graph, threads, (SIDE, SIDE)), entry.looks, FLOOR).refine


class Found(NamedTuple):
    """What the network gives of a picture."""

    rows: Rows  # its faces, the highest score first
    hints: Floats  # as of `visage.types.Seen`


class Computed(Protocol):
    """The network in an engine."""

    def detect(self, pixels: Pixels, floor: float) -> Rows:
        """Find the faces with a score of at least `floor` in (height, width, 3) uint8, BGR."""
        ...

    def search(self, pixels: Pixels, floor: float) -> Found:
        """Find the same, and say where smaller ones may be."""
        ...


class YuNet(Network):
    """YuNet, whatever computes it."""

    def __init__(self, network: Computed) -> None:
        """Wrap the network."""
        self._network = network

    def find(self, pixels: Pixels) -> list[Face]:
        """Find all faces, the highest score first."""
        return [_face(row) for row in self._network.detect(pixels, FLOOR)]

    def search(self, pixels: Pixels) -> Seen:
        """Find the same, and say where smaller ones may be."""
        rows, hints = self._network.search(pixels, FLOOR)
        return Seen([_face(row) for row in rows], hints)


def _face(row: NDArray[np.float32]) -> Face:
    x, y, w, h = (float(value) for value in row[:4])
    return Face(x, y, w, h, float(row[14]), row[4:14].reshape(5, 2).copy())


class OpenCvYuNet:
    """YuNet in OpenCV's engine, for one thread."""

    def __init__(self, graph: Path) -> None:
        """Load `graph`."""
        self._net = cv2.FaceDetectorYN.create(str(graph), "", (0, 0))

    def detect(self, pixels: Pixels, floor: float) -> Rows:
        """Find faces; as `OpenVinoYuNet.detect`."""
        self._net.setScoreThreshold(floor)
        self._net.setInputSize((pixels.shape[1], pixels.shape[0]))
        _, rows = self._net.detect(pixels)
        return rows if rows is not None else np.empty((0, 15), np.float32)

    def search(self, pixels: Pixels, floor: float) -> Found:
        """Find faces; OpenCV keeps to itself what the network says of each place."""
        return Found(self.detect(pixels, floor), np.empty((0, 2), np.float32))


class OpenVinoYuNet:
    """YuNet for any number of threads: each has a request of its own."""

    def __init__(self, graph: Path, threads: int, size: Size = (-1, -1)) -> None:
        """Load `graph` for `threads` callers, for images of any size or of one (height, width).

        One size is quicker: OpenVINO prepares itself anew whenever another size comes.
        """
        self._session = OpenVino().open(graph, threads, shape=(1, 3, *size))
        self._input = self._session.get_inputs()[0].name

    def detect(self, pixels: Pixels, floor: float) -> Rows:
        """Find the faces with a score of at least `floor` in (height, width, 3) uint8, BGR.

        Returns:
            (n, 15) float32, highest score first.
        """
        return _without_repeats(self.cells(pixels, floor), floor)

    def search(self, pixels: Pixels, floor: float) -> Found:
        """Find the same, and say where smaller ones may be."""
        outputs, width = self._run(pixels)
        rows = _without_repeats(_all_decoded(outputs, width, floor), floor)
        return Found(rows, _hints(outputs, width))

    def cells(self, pixels: Pixels, floor: float) -> Rows:
        """Give what each cell of the three grids found, many of them the same face: (n, 15)."""
        return _all_decoded(*self._run(pixels), floor)

    def _run(self, pixels: Pixels) -> tuple[Outputs, int]:
        """Give the network's answers, and the width of the picture that it was given."""
        blob = _as_input(pixels)
        values = self._session.run(OUTPUTS, {self._input: blob})
        return {name: v[0] for name, v in zip(OUTPUTS, values, strict=True)}, blob.shape[3]


class PreparedYuNet:
    """YuNet for images of any size that come with images of a few sizes in between.

    Each of these sizes has a network of its own: one for all would prepare itself anew for the
    image in between and again for the next one.
    """

    def __init__(self, graph: Path, threads: int, sizes: Sequence[Size]) -> None:
        """Load `graph` for `threads` callers; the network of one of `sizes` when it comes."""
        self._graph, self._threads, self._sizes = graph, threads, sizes
        self._any = OpenVinoYuNet(graph, threads)
        self._prepared: dict[Size, OpenVinoYuNet] = {}
        self._lock = threading.Lock()

    def detect(self, pixels: Pixels, floor: float) -> Rows:
        """Find faces; as `OpenVinoYuNet.detect`."""
        return self._one(pixels.shape[:2]).detect(pixels, floor)

    def search(self, pixels: Pixels, floor: float) -> Found:
        """Find faces; as `OpenVinoYuNet.search`."""
        return self._one(pixels.shape[:2]).search(pixels, floor)

    def _one(self, size: Size) -> OpenVinoYuNet:
        if size not in self._sizes:
            return self._any
        with self._lock:
            if size not in self._prepared:
                self._prepared[size] = OpenVinoYuNet(self._graph, self._threads, size)
            return self._prepared[size]


def _as_input(pixels: Pixels) -> NDArray[np.float32]:
    """Pad with black on the right and below to multiples of the largest stride: (1, 3, h, w)."""
    height, width = pixels.shape[:2]
    down, right = -height % STRIDES[-1], -width % STRIDES[-1]
    padded = cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return cv2.dnn.blobFromImage(padded)


def _hints(outputs: Outputs, width: int) -> Floats:
    """Say where faces may be that are too small: the peaks of the finest grid's scores.

    A score far below any that counts still tells a place from its surroundings, down to faces of
    four or five pixels (benchmarks/small.py).
    """
    stride = STRIDES[0]
    scores = _scores(outputs, stride).reshape(-1, width // stride)
    peaks = (scores > 0) & (scores >= cv2.dilate(scores, np.ones((3, 3), np.uint8)))
    row, column = np.nonzero(peaks)
    order = np.argsort(-scores[row, column], kind="stable")
    return (np.stack([column, row], axis=1)[order].astype(np.float32) + 0.5) * stride


def _all_decoded(outputs: Outputs, width: int, floor: float) -> Rows:
    """Give the faces of all three grids."""
    return np.concatenate([_decoded(outputs, stride, width, floor) for stride in STRIDES])


def _scores(outputs: Outputs, stride: int) -> Floats:
    """Give how sure each cell of a grid is of a face, row by row."""
    classes, objects = (outputs[f"{name}_{stride}"][:, 0].clip(0, 1) for name in ("cls", "obj"))
    return np.sqrt(classes * objects)


def _decoded(outputs: Outputs, stride: int, width: int, floor: float) -> Rows:
    """Give the faces of one grid, its cells counted row by row."""
    scores = _scores(outputs, stride)
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
