"""MTCNN with all its five landmarks, of which DeepFace's client drops three."""

from pathlib import Path
from typing import Any

import numpy as np

from visage.models.deepface import load_client
from visage.models.detectors.detector import Loaded, Network, one_at_a_time
from visage.models.engines import Engine
from visage.models.entries import ModelEntry
from visage.types import Face, Pixels


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Loaded:
    """Load it; as `visage.models.detectors.load_detector`."""
    del threads
    client = load_client("face_detector", entry.detector, entry, weights, engine)
    return one_at_a_time(Mtcnn(client), entry.detection_size)


class Mtcnn(Network):
    """MTCNN, loaded by DeepFace's client."""

    def __init__(self, client: Any) -> None:
        """Wrap DeepFace's client."""
        self._net = client.model

    def find(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        found = self._net.detect_faces(np.ascontiguousarray(pixels[:, :, ::-1]))
        return [_mtcnn_face(face) for face in found or []]


def _mtcnn_face(face: dict) -> Face:
    """MTCNN's left and right are the beholder's; ours, and DeepFace's, the person's own."""
    order = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
    landmarks = np.array([face["keypoints"][name] for name in order], np.float32)
    x, y, w, h = (float(value) for value in face["box"])
    return Face(x, y, w, h, float(face["confidence"]), landmarks)
