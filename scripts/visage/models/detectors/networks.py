"""Detectors: photographs in, faces out, with all five landmarks where the network gives them."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.errors import VisageError
from visage.models.detectors.yunet import OpenVinoYuNet, Rows
from visage.models.engines.deepface import WeightsHome, build_client
from visage.types import Detector, Face, Pixels

Factors = NDArray[np.float32]  # (2,): of x and y, from the scaled image to the photograph


class _Network(Protocol):
    """A detector that is given images of the size it shall work at."""

    def find(self, pixels: Pixels) -> list[Face]: ...


def detector_factory(entry: dict, home: WeightsHome, threads: int) -> Callable[[], Detector]:
    """Load the detector of an entry of config/models.yaml, inside its `home`.

    Returns:
        What gives each of the `threads` a detector. OpenCV's YuNet belongs to one thread, so each
        has its own. OpenVINO's serves all at once. The others bring threads themselves and hold
        much memory, so all share one, which works on one photograph at a time while the other
        threads decode, cut out and recognise.
    """
    size = entry["detection_size"]
    client = build_client("face_detector", entry["detector"])
    if entry["detector"] != "yunet":
        network = _NETWORKS.get(entry["detector"], _Any)(client, size)
        shared = Scaled(network, size, threading.Lock())
        return lambda: shared
    if size is None:
        raise VisageError("config/models.yaml: the detector yunet needs a detection_size, say 640.")
    graph = home.found[-1]
    if entry["engine"] == "openvino":
        yunet = _YuNet(OpenVinoYuNet(graph, threads).detect)
        return lambda: Scaled(yunet, size)
    return lambda: Scaled(_YuNet(opencv_yunet(graph)), size)


class Scaled:
    """A detector that sees photographs scaled down to `detection_size`."""

    def __init__(
        self, network: _Network, size: int | None, lock: "threading.Lock | None" = None
    ) -> None:
        """Wrap `network`; with a `lock` it is called by one thread at a time."""
        self._network = network
        self._size = size
        self._lock = lock

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        small = _shrunk(pixels, self._size) if self._size else pixels
        if self._lock:
            with self._lock:
                faces = self._network.find(small)
        else:
            faces = self._network.find(small)
        if small is pixels:
            return faces
        factors = np.array(
            [pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]], np.float32
        )
        return [_enlarged(face, factors) for face in faces]


def _shrunk(pixels: Pixels, size: int) -> Pixels:
    """Scale a larger image down until its longer side has `size` pixels.

    Down to a half, two pixels each way make one of the result's, and a linear step leaves none
    out; it takes a tenth of the time of averaging.
    """
    scale = min(1.0, size / max(pixels.shape[:2]))
    if scale == 1.0:
        return pixels
    width = max(1, round(pixels.shape[1] * scale))
    height = max(1, round(pixels.shape[0] * scale))
    interpolation = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    return cv2.resize(pixels, (width, height), interpolation=interpolation)


def _enlarged(face: Face, factors: Factors) -> Face:
    x, y = np.array([face.x, face.y], np.float32) * factors
    w, h = np.array([face.w, face.h], np.float32) * factors
    return Face(float(x), float(y), float(w), float(h), face.confidence, face.landmarks * factors)


class _YuNet:
    """YuNet with all its five landmarks, of which DeepFace's client drops three."""

    # Below this the network's answers are noise; `faces.min_confidence` decides what counts.
    FLOOR = 0.3

    def __init__(self, detect: Callable[[Pixels, float], Rows]) -> None:
        self._detect = detect

    def find(self, pixels: Pixels) -> list[Face]:
        return [_yunet_face(row) for row in self._detect(pixels, self.FLOOR)]


def opencv_yunet(graph: Path) -> Callable[[Pixels, float], Rows]:
    """Load YuNet in OpenCV's engine, for one thread; called as `OpenVinoYuNet.detect`."""
    net = cv2.FaceDetectorYN.create(str(graph), "", (0, 0))

    def detect(pixels: Pixels, floor: float) -> Rows:
        net.setScoreThreshold(floor)
        net.setInputSize((pixels.shape[1], pixels.shape[0]))
        _, rows = net.detect(pixels)
        return rows if rows is not None else np.empty((0, 15), np.float32)

    return detect


def _yunet_face(row: NDArray[np.float32]) -> Face:
    """Columns: x y w h, five landmarks in the template's order, score (cv2.FaceDetectorYN)."""
    x, y, w, h = (float(value) for value in row[:4])
    return Face(x, y, w, h, float(row[14]), row[4:14].reshape(5, 2).copy())


class _RetinaFace:
    """RetinaFace as DeepFace calls it, with landmarks in fractions of a pixel.

    As it is published, it enlarges every image until its shorter side has 1024 pixels; that is
    what finds small faces, and what takes seconds an image on a CPU. With a `detection_size` the
    entry's author has chosen otherwise, and nothing is enlarged.
    """

    THRESHOLD = 0.9  # DeepFace's

    def __init__(self, client: Any, size: int | None) -> None:
        self._model = client.model
        self._upscale = size is None

    def find(self, pixels: Pixels) -> list[Face]:
        from retinaface import RetinaFace

        found = RetinaFace.detect_faces(
            pixels, self.THRESHOLD, self._model, allow_upscaling=self._upscale
        )
        return [_retina_face(face) for face in found.values()]


def _retina_face(face: dict) -> Face:
    x, y, right, bottom = (float(value) for value in face["facial_area"])
    order = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
    landmarks = np.array([face["landmarks"][name] for name in order], np.float32)
    return Face(x, y, right - x, bottom - y, float(face["score"]), landmarks)


class _Mtcnn:
    """MTCNN through DeepFace's client, which drops three of the five landmarks."""

    def __init__(self, client: Any, _: int | None) -> None:
        self._net = client.model

    def find(self, pixels: Pixels) -> list[Face]:
        found = self._net.detect_faces(np.ascontiguousarray(pixels[:, :, ::-1]))
        return [_mtcnn_face(face) for face in found or []]


def _mtcnn_face(face: dict) -> Face:
    """MTCNN's left and right are the beholder's; ours, and DeepFace's, the person's own."""
    order = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
    landmarks = np.array([face["keypoints"][name] for name in order], np.float32)
    x, y, w, h = (float(value) for value in face["box"])
    return Face(x, y, w, h, float(face["confidence"]), landmarks)


class _Any:
    """Any other detector of DeepFace's registry, by its client."""

    def __init__(self, client: Any, _: int | None) -> None:
        self._client = client

    def find(self, pixels: Pixels) -> list[Face]:
        return [_deepface_face(area) for area in self._client.detect_faces(pixels)]


def _deepface_face(area: Any) -> Face:
    points = [area.right_eye, area.left_eye, area.nose, area.mouth_right, area.mouth_left]
    landmarks = np.array([p if p is not None else (np.nan, np.nan) for p in points], np.float32)
    confidence = float(area.confidence) if area.confidence is not None else 1.0
    return Face(area.x, area.y, area.w, area.h, confidence, landmarks)


_NETWORKS: dict[str, Callable[[Any, int | None], _Network]] = {
    "mtcnn": _Mtcnn,
    "retinaface": _RetinaFace,
}
