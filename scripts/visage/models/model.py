"""A model of config/models.yaml, loaded: detector, recogniser and alignment put together."""

from pathlib import Path

import cv2

from visage import telemetry
from visage.models.alignments import ALIGNMENTS
from visage.models.detectors import load_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry
from visage.models.recognisers import load_recogniser
from visage.models.recognisers.recogniser import Mirrored
from visage.types import Model


def load_model(entry: ModelEntry, weights: Path, threads: int) -> Model:
    """Load a model.

    Args:
        entry: Its entry of config/models.yaml.
        weights: The folder that holds the entry's files, checked already.
        threads: How many threads the caller will run detection and recognition in; the libraries
            use one thread each then, or (TensorFlow, PyTorch) this many in one call.

    Raises:
        VisageError: A package or a file the model needs is missing.
    """
    telemetry.refuse()
    cv2.setNumThreads(1)  # or each of the callers' threads would start as many as there are cores
    engine = ENGINES[entry.engine]
    engine.require()
    engine.prepare(threads)
    recogniser = load_recogniser(entry, weights, engine, threads)
    if entry.mirror:
        recogniser = Mirrored(recogniser)
    factory = load_detector(entry, weights, engine, threads)
    align = ALIGNMENTS[entry.alignment]
    return Model(
        factory,
        recogniser,
        lambda pixels, face: align(pixels, face, recogniser.size),
        entry.detection_size,
    )
