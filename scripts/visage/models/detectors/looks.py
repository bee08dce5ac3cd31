"""Landmarks seen several times: in windows around the face, enlarged and reduced, and mirrored.

One look gives the landmarks of a face to about 3 % of its width, and an embedding is the better the
more exactly a face is cut out. The errors of several looks are different ones; their mean is
exacter (docs/models.md says what it gains on LFW, and how that was measured). Each look is a small
square window, so that it costs the same whatever the photograph's size, per face and little.

A head held askew is looked at upright: of one that leans, landmarks come out less exact. Beyond the
photograph's edge its last pixels are repeated: black there makes them less exact, too.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from visage.images.align import TEMPLATE, similarity_transform
from visage.models.detectors.detector import Rows
from visage.types import Box, Face, Floats, Landmarks, Pixels, Reals

SIDE = 160  # pixels of a window; a multiple of YuNet's largest stride
SAME = 0.3  # overlap (intersection over union) from which on a window's face is the one looked at
VOTE = 0.5  # overlap from which on cells of the network speak of the same face
_MIRRORED = [1, 0, 2, 4, 3]  # left and right change places: eyes, nose, corners of the mouth


class Network(Protocol):
    """Gives what each cell of a detector's grids found, before the best are chosen."""

    def cells(self, pixels: Pixels, floor: float) -> Rows:
        """Find in (height, width, 3) uint8, BGR: (n, 15), columns as in `Rows`."""
        ...


class Looks:
    """Sets a face's landmarks to the mean of what several looks at it give."""

    def __init__(self, network: Network, sizes: Sequence[int], floor: float) -> None:
        """Look at faces scaled to each of `sizes` pixels, as they are and mirrored."""
        self._network = network
        self._sizes = sizes
        self._floor = floor

    def refine(self, pixels: Pixels, face: Face) -> Face:
        """Give the face with better landmarks; as it is where no look finds it."""
        around = windows(pixels, face, self._sizes)
        seen = [points for window in around for points in self._look(window)]
        if not seen:
            return face
        return replace(face, landmarks=np.mean(seen, axis=0).astype(np.float32))

    def _look(self, window: "Window") -> list[Reals]:
        """Give the landmarks found in a window and in its mirror image, in the photograph."""
        found = []
        upright = self._landmarks(window.pixels, window.box)
        if upright is not None:
            found.append(window.back(upright))
        mirror = self._landmarks(np.ascontiguousarray(window.pixels[:, ::-1]), window.mirrored_box)
        if mirror is not None:
            points = np.column_stack([SIDE - 1 - mirror[:, 0], mirror[:, 1]])
            found.append(window.back(points[_MIRRORED]))
        return found

    def _landmarks(self, pixels: Pixels, expected: Box) -> Reals | None:
        """Give the mean landmarks of the cells that speak of the expected face: (5, 2)."""
        rows = self._network.cells(pixels, self._floor)
        if not len(rows):
            return None
        overlaps = overlap(expected, rows)
        best = int(np.argmax(overlaps * rows[:, 14]))
        if overlaps[best] <= SAME:
            return None
        return voted(rows[best], rows)[4:14].reshape(5, 2)


def voted(row: Floats, rows: Rows) -> Reals:
    """Give the mean of all cells that speak of the face of `row`, weighted by their scores."""
    x, y, w, h = (float(value) for value in row[:4])
    same = rows[overlap(Box(x, y, w, h), rows) > VOTE].astype(np.float64)
    return np.average(same, axis=0, weights=same[:, 14])


def overlap(box: Box, rows: Rows) -> Reals:
    """Give the intersection over union of a box and those of `rows`: (n,)."""
    x, y, w, h = rows[:, :4].astype(np.float64).T
    across = np.minimum(box.x + box.w, x + w) - np.maximum(box.x, x)
    down = np.minimum(box.y + box.h, y + h) - np.maximum(box.y, y)
    common = across.clip(0) * down.clip(0)
    return common / (box.w * box.h + w * h - common)


@dataclass(frozen=True)
class Window:
    """A square part of a photograph with a face in its middle, upright and scaled."""

    pixels: Pixels  # (SIDE, SIDE, 3)
    box: Box  # of the face, in the window
    matrix: Reals  # (2, 3), from the photograph into the window

    @property
    def mirrored_box(self) -> Box:
        """Where the face is in the window's mirror image."""
        return self.box._replace(x=SIDE - 1 - self.box.x - self.box.w)

    def back(self, points: Reals) -> Reals:
        """Move points of the window, (n, 2), into the photograph."""
        return (points - self.matrix[:, 2]) @ np.linalg.inv(self.matrix[:, :2]).T


def windows(pixels: Pixels, face: Face, sizes: Sequence[int]) -> Iterator[Window]:
    """Give a face upright with what is around it, its longer side scaled to each of `sizes`."""
    side, middle = max(face.w, face.h), np.array([face.x + face.w / 2, face.y + face.h / 2])
    part, to_part = _part(pixels, middle, side / min(sizes))
    if not part.size:
        return
    upright = _upright(face.landmarks)
    for size in sizes:
        scale = size / side
        turn = scale * upright
        matrix = np.column_stack([turn, SIDE / 2 - turn @ middle])
        width, height = face.w * scale, face.h * scale
        yield Window(
            cv2.warpAffine(part, matrix @ to_part, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE),
            Box((SIDE - width) / 2, (SIDE - height) / 2, width, height),
            matrix,
        )


def _part(pixels: Pixels, middle: Reals, pixel: float) -> tuple[Pixels, Reals]:
    """Cut out what the largest window needs, however it is turned.

    A large face is averaged, once for all windows; from there a linear step leaves no pixel out.

    Args:
        pixels: The photograph.
        middle: Of the window in it: (2,).
        pixel: Pixels of the photograph to one of that window.

    Returns:
        The part, and (3, 3): from it into the photograph.
    """
    reach = pixel * SIDE / math.sqrt(2)  # a corner's distance from the middle
    left, top = np.floor(middle - reach).clip(0).astype(int)
    right, below = np.ceil(middle + reach).clip(0).astype(int)
    step = max(1, math.ceil(pixel / 2))  # pixels that become one
    part = pixels[top:below, left:right]
    height, width = (length // step for length in part.shape[:2])
    part = part[: height * step, : width * step]
    if step > 1 and part.size:
        part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    # A pixel of the part is the mean of step × step: its middle lies (step - 1) / 2 further on.
    further = (step - 1) / 2
    back = np.array([[step, 0, left + further], [0, step, top + further], [0, 0, 1]])
    return part, back


def _upright(landmarks: Landmarks) -> Reals:
    """Give the rotation that holds a face upright: (2, 2)."""
    matrix = similarity_transform(landmarks.astype(np.float64), TEMPLATE)[:, :2]
    return matrix / math.sqrt(np.linalg.det(matrix))
