"""Networks that find faces: one file each, and one line each here.

The Snakefile's process asks for packages and environments, so a file is imported only when a
model needs it.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.engines import ENGINES, Engine
from visage.models.entries import ModelEntry

if TYPE_CHECKING:
    from visage.models.detectors.detector import Loaded


@dataclass(frozen=True)
class Kind:
    """What is known of a detector before it is loaded."""

    module: str  # in this folder; its `load` makes the detector
    packages: tuple[str, ...] = ()  # whose versions decide what it finds
    engine: str | None = None  # what computes it, whatever the entry's engine is
    environment: str | None = None  # envs/<environment>.yaml, where that of the engine lacks it


DETECTORS = {
    "yunet": Kind("yunet"),
    "scrfd": Kind("scrfd"),
    "retinaface": Kind("retinaface", ("retina-face",), environment="embed-tensorflow"),
    "mtcnn": Kind("mtcnn", ("mtcnn",), "tensorflow", "embed-tensorflow"),
}


def kind_of(name: str) -> Kind:
    """Give the kind of an entry's detector; one that is not ours is DeepFace's."""
    return DETECTORS.get(name, Kind("deepface"))


def load_detector(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> "Loaded":
    """Load the detector of an entry.

    Args:
        entry: The model.
        weights: The folder with its files, checked already.
        engine: What the entry's engine is.
        threads: How many threads will detect at once.

    Raises:
        VisageError: A package or a file is missing.
    """
    kind = kind_of(entry.detector)
    if kind.engine:
        needed = ENGINES[kind.engine]
        needed.require()
        needed.prepare(threads)
    module = importlib.import_module(f"{__name__}.{kind.module}")
    return module.load(entry, weights, engine, threads)
