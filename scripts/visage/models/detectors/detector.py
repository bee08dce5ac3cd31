"""Photographs in, faces out: what the detectors share."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.types import Detector, Face, Pixels, Seen

Rows = NDArray[np.float32]  # (n, 15): x y w h, five landmarks (x y each), score
# (height, width) of small pictures put together of parts of a photograph, or of all of it several
# ways up (`visage.embed.finding`). A detector sees many, and may keep a network prepared for each.
GLIMPSES = ((64, 192), (192, 512))
Factors = NDArray[np.float32]  # (2,): of x and y, from the scaled image to the photograph


@dataclass(frozen=True)
class Loaded:
    """A detector of the register, loaded."""

    make: Callable[[], Detector]  # gives each thread its detector
    # Gives a face of a photograph with better landmarks; may be called by all threads.
    refine: Callable[[Pixels, Face], Face] | None = None


class Network(Protocol):
    """A detector that is given images of the size it shall work at."""

    def find(self, pixels: Pixels) -> list[Face]:
        """Find all faces in (height, width, 3) uint8, BGR, in its pixels."""
        ...

    def search(self, pixels: Pixels) -> Seen:
        """Find all faces, and say where smaller ones may be."""
        return Seen(self.find(pixels))


class Scaled(Detector):
    """A detector that sees photographs scaled down to `detection_size`."""

    def __init__(
        self, network: Network, size: int | None, lock: AbstractContextManager[object] | None = None
    ) -> None:
        """Wrap `network`; with a `lock` it is called by one thread at a time."""
        self._network = network
        self._size = size
        self._lock = lock or nullcontext()

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        small = self._small(pixels)
        with self._lock:
            faces = self._network.find(small)
        return _enlarged(Seen(faces), small, pixels).faces

    def search(self, pixels: Pixels) -> Seen:
        """Find all faces, in the order of the network, and say where smaller ones may be."""
        small = self._small(pixels)
        with self._lock:
            seen = self._network.search(small)
        return _enlarged(seen, small, pixels)

    def _small(self, pixels: Pixels) -> Pixels:
        return _shrunk(pixels, self._size) if self._size else pixels


def _shrunk(pixels: Pixels, size: int) -> Pixels:
    """Scale a larger image down until its longer side has `size` pixels.

    Down to a half, two pixels each way make one of the result's, and a linear step leaves none
    out; it takes a tenth of the time of averaging.
    """
    scale = min(1.0, size / max(pixels.shape[:2]))
    if scale == 1.0:
        return pixels
    width = max(1, round(pixels.shape[1] * scale))
    height = max(1, round(pixels.shape[0] * scale))
    interpolation = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    return cv2.resize(pixels, (width, height), interpolation=interpolation)


def _enlarged(seen: Seen, small: Pixels, pixels: Pixels) -> Seen:
    """Move what was seen in the scaled image into the photograph."""
    if small is pixels:
        return seen
    factors = np.array(
        [pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]], np.float32
    )
    return Seen([_enlarged_face(face, factors) for face in seen.faces], seen.hints * factors)


def _enlarged_face(face: Face, factors: Factors) -> Face:
    x, y = np.array([face.x, face.y], np.float32) * factors
    w, h = np.array([face.w, face.h], np.float32) * factors
    return Face(float(x), float(y), float(w), float(h), face.confidence, face.landmarks * factors)


def one_at_a_time(network: Network, size: int | None) -> Loaded:
    """Let all threads share a network that brings threads itself and holds much memory.

    It works on one photograph at a time while the other threads decode, cut out and recognise.
    """
    shared = Scaled(network, size, threading.Lock())
    return Loaded(lambda: shared)
