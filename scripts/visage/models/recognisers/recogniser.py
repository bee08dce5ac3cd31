"""Crops in, embeddings out: what the recognisers share."""

from collections.abc import Callable, Sequence

import numpy as np

from visage.types import Embeddings, Floats, Pixels, Recogniser

Forward = Callable[[Floats], Floats]  # (n, …) as the network takes it → (n, dimension)
BATCH = 8  # TensorFlow is at its best with eight crops at a time; others bound memory by it


def in_batches(crops: Sequence[Pixels], embed: Callable[[Sequence[Pixels]], Floats]) -> Embeddings:
    """Embed at most `BATCH` crops at a time: a photograph of a crowd gives any number."""
    if not crops:
        return np.empty((0, 0), np.float32)
    starts = range(0, len(crops), BATCH)
    parts = [embed(crops[start : start + BATCH]) for start in starts]
    return np.concatenate([np.asarray(part, np.float32).reshape(len(part), -1) for part in parts])


class Mirrored:
    """A recogniser whose embedding is the mean of a face's own and its mirror image's.

    It takes twice the time.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        """Wrap `recogniser`."""
        self._recogniser = recogniser
        self.size = recogniser.size
        self.batch = recogniser.batch

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR: (n, dimension) float32."""
        upright = self._recogniser.embed(crops)
        mirrored = self._recogniser.embed([crop[:, ::-1] for crop in crops])
        return (upright + mirrored) / np.float32(2)
