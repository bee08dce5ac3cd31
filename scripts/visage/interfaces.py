"""What the pipeline asks of a model: two small interfaces, and the face between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from visage.images import Pixels

Embeddings = NDArray[np.float32]  # (n, dimension)


@dataclass(frozen=True)
class Face:
    """One detection, in pixels of the upright image."""

    x: float  # left
    y: float  # top
    w: float
    h: float
    confidence: float  # 0 to 1
    landmarks: NDArray[np.float32]  # (5, 2), order of `visage.align.TEMPLATE`, NaN where unknown


class Detector(Protocol):
    """Finds faces. Not to be shared between threads: each asks `Model.detector()` for its own."""

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces in `pixels` ((height, width, 3) uint8, BGR)."""
        ...


class Recogniser(Protocol):
    """Turns crops into embeddings. May be shared between threads."""

    size: tuple[int, int]  # (height, width) of a crop, pixels
    batch: int  # crops at a time that suit it

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR."""
        ...


@dataclass(frozen=True)
class Model:
    """A pair of detector and recogniser, ready to run."""

    detector: Callable[[], Detector]
    recogniser: Recogniser
    crop: Callable[[Pixels, Face], Pixels]  # a face cut out as the recogniser wants it
    # Pixels of an image's longer side that are enough to find its faces; None: all there are.
    enough: int | None = None
