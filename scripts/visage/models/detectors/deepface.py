"""Any other detector of DeepFace's registry, by its client."""

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
    return one_at_a_time(DeepFaceDetector(client), entry.detection_size)


class DeepFaceDetector(Network):
    """A detector of DeepFace's."""

    def __init__(self, client: Any) -> None:
        """Wrap DeepFace's client."""
        self._client = client

    def find(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        return [_deepface_face(area) for area in self._client.detect_faces(pixels)]


def _deepface_face(area: Any) -> Face:
    points = [area.right_eye, area.left_eye, area.nose, area.mouth_right, area.mouth_left]
    landmarks = np.array([p if p is not None else (np.nan, np.nan) for p in points], np.float32)
    confidence = float(area.confidence) if area.confidence is not None else 1.0
    return Face(area.x, area.y, area.w, area.h, confidence, landmarks)
