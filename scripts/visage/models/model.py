"""A model of config/models.yaml, loaded: detector, recogniser and alignment put together."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from visage import telemetry
from visage.models.alignments import crop_of
from visage.models.detectors import load_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry
from visage.models.fingerprint import fingerprint
from visage.models.recognisers import load_recogniser
from visage.models.recognisers.recogniser import Mirrored
from visage.models.weights.verify import verify_model
from visage.store.tables import Origin
from visage.types import Model


@dataclass(frozen=True)
class Installed:
    """A model of the register, and the folder in which its weights lie."""

    registry: Registry
    name: str
    weights: Path

    @property
    def entry(self) -> ModelEntry:
        """What the register says of it."""
        return self.registry.model(self.name)

    @cached_property
    def fingerprint(self) -> str:
        """The name of everything that decides its embeddings."""
        return fingerprint(self.registry, self.entry)

    @property
    def origin(self) -> Origin:
        """What its tables say of themselves."""
        return Origin(self.name, self.fingerprint)

    def load(self, threads: int) -> Model:
        """Check its files and load it; `threads` as in `load_model`.

        Raises:
            VisageError: A file or a package that it needs is missing or wrong.
        """
        verify_model(self.registry, self.name, self.weights)
        return load_model(self.entry, self.weights, threads)


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
    detector = load_detector(entry, weights, engine, threads)
    align = crop_of(entry)
    return Model(
        detector.make,
        recogniser,
        lambda pixels, face: align(pixels, face, recogniser.size),
        entry.detection_size,
        entry.usual_length,
        detector.refine,
        np.array(entry.centre, np.float32) if entry.centre else None,
    )
