"""Networks that turn faces into embeddings: one file each, and one line each here."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.engines import Engine
from visage.models.entries import ModelEntry

if TYPE_CHECKING:
    from visage.types import Recogniser

# An entry's `recognizer` → the module in this folder whose `load` makes it.
RECOGNISERS = {"SFace": "sface", "onnx": "onnx"}


def load_recogniser(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> "Recogniser":
    """Load the recogniser of an entry; one that is not ours is DeepFace's.

    Args:
        entry: The model.
        weights: The folder with its files, checked already.
        engine: What the entry's engine is.
        threads: How many threads will recognise at once.

    Raises:
        VisageError: A package or a file is missing.
    """
    name = "deepface"
    if engine.runs_graphs:
        name = RECOGNISERS.get(entry.recognizer, name)
    module = importlib.import_module(f"{__name__}.{name}")
    return module.load(entry, weights, engine, threads)
