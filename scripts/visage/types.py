"""What every stage means by a face, a box, pixels, embeddings; and what is asked of a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 3), BGR
Floats = NDArray[np.float32]
Reals = NDArray[np.float64]
Indices = NDArray[np.int64]
Embedding = NDArray[np.float32]  # (dimension,)
Embeddings = NDArray[np.float32]  # (n, dimension)
Landmarks = NDArray[np.float32]  # (5, 2), order of `visage.images.align.TEMPLATE`; NaN: unknown


class Box(NamedTuple):
    """Where a face is, in pixels of the upright image."""

    x: float  # left
    y: float  # top
    w: float
    h: float


@dataclass(frozen=True)
class Face:
    """One detection, in pixels of the upright image."""

    x: float  # left
    y: float  # top
    w: float
    h: float
    confidence: float  # 0 to 1
    landmarks: Landmarks


def _no_hints() -> Floats:
    return np.empty((0, 2), np.float32)


@dataclass(frozen=True)
class Seen:
    """What a detector makes of a picture."""

    faces: list[Face]
    # (n, 2): x and y of where a face may be that is too small to be told, the likeliest first.
    hints: Floats = field(default_factory=_no_hints)


class Detector(Protocol):
    """Finds faces. Not to be shared between threads: each asks `Model.detector()` for its own."""

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces in `pixels` ((height, width, 3) uint8, BGR)."""
        ...

    def search(self, pixels: Pixels) -> Seen:
        """Find all faces, and say where smaller ones may be; most detectors give no such hints."""
        return Seen(self.detect(pixels))


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
    usual_length: float | None = None  # of an embedding of a face as clear as most
    refine: Callable[[Pixels, Face], Face] | None = None  # a face with better landmarks
    centre: Embedding | None = None  # the mean of embeddings of length 1; taken off them
