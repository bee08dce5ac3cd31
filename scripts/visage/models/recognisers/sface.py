"""SFace (Zhong et al. 2021), OpenCV Zoo's graph of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from visage.errors import VisageError
from visage.models.engines import Engine, Session
from visage.models.entries import ModelEntry
from visage.models.recognisers.recogniser import in_batches
from visage.models.weights.files import file_of
from visage.types import Embeddings, Floats, Pixels, Recogniser


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Recogniser:
    """Load it; as `visage.models.recognisers.load_recogniser`."""
    if entry.normalization != "base":
        raise VisageError("config/models.yaml: SFace takes pixels as they are: normalization: base")
    graph = file_of(entry, weights, "recognizer", "face_recognition_sface_2021dec.onnx")
    return SFace(engine.open(graph, threads, entry.precision))


class SFace:
    """SFace, one face at a time in its caller's thread: nothing is gained from batches."""

    size = (112, 112)
    batch = 1

    def __init__(self, session: Session) -> None:
        """Wrap the loaded graph."""
        self._session = session
        self._input = session.get_inputs()[0].name

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (112, 112, 3) uint8, BGR: (n, 128) float32."""
        return in_batches(crops, lambda part: np.concatenate([*map(self._embed, part)]))

    def _embed(self, crop: Pixels) -> Floats:
        """Embed as `cv2.FaceRecognizerSF.feature` does: RGB, 0 to 255, channels first."""
        blob = crop[..., ::-1].transpose(2, 0, 1)[None]
        return self._session.run(None, {self._input: np.ascontiguousarray(blob, np.float32)})[0]
