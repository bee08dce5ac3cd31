"""RetinaFace as DeepFace calls it, with landmarks in fractions of a pixel."""

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
    return one_at_a_time(RetinaFace(client, entry.detection_size), entry.detection_size)


class RetinaFace(Network):
    """RetinaFace.

    As it is published, it enlarges every image until its shorter side has 1024 pixels; that is
    what finds small faces, and what takes seconds an image on a CPU. With a `detection_size` the
    entry's author has chosen otherwise, and nothing is enlarged.
    """

    THRESHOLD = 0.9  # DeepFace's

    def __init__(self, client: Any, size: int | None) -> None:
        """Wrap DeepFace's client; `size` is the entry's `detection_size`."""
        self._model = client.model
        self._upscale = size is None

    def find(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        import retinaface

        found = retinaface.RetinaFace.detect_faces(
            pixels, self.THRESHOLD, self._model, allow_upscaling=self._upscale
        )
        return [_retina_face(face) for face in found.values()]


def _retina_face(face: dict) -> Face:
    x, y, right, bottom = (float(value) for value in face["facial_area"])
    order = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
    landmarks = np.array([face["landmarks"][name] for name in order], np.float32)
    return Face(x, y, right - x, bottom - y, float(face["score"]), landmarks)
