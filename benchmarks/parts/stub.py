"""A model of known cost, for measuring everything around the models.

`sitecustomize.py`, written by benchmarks/scale.py into the processes of the workflow it measures,
puts it in the place of `visage.models.model.load_model`; the workflow itself knows nothing of it.
"""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from visage.models.entries import ModelEntry
from visage.types import Detector, Embeddings, Face, Model, Pixels

COST = 0.01  # seconds of one core an image
BLOCK = bytes(20_000)  # some ten microseconds' work


class Stub(Detector):
    """One face an image, and an embedding that follows from its pixels."""

    size = (8, 8)
    batch = 1

    def detect(self, pixels: Pixels) -> list[Face]:
        end = time.thread_time() + COST
        while time.thread_time() < end:
            hashlib.sha256(BLOCK)  # outside of Python's lock, as real models compute
        height, width = pixels.shape[:2]
        return [Face(0, 0, width, height, 0.9, np.full((5, 2), np.nan, np.float32))]

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        seeds = [int(np.abs(crop).astype(np.uint64).sum()) for crop in crops]
        return np.stack(
            [np.random.default_rng(seed).standard_normal(128, np.float32) for seed in seeds]
        )


def load_model(_entry: ModelEntry, _weights: Path, _threads: int) -> Model:
    stub = Stub()
    return Model(lambda: stub, stub, lambda pixels, _face: np.ascontiguousarray(pixels[:8, :8]))
