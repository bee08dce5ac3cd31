"""Parts of a large picture packed closely: small faces in one more look.

A detector that sees a picture at 640 pixels finds no face narrower than about a sixtieth of the
longer side. What is left of a large, a long or a mostly empty picture without its empty parts fits
into one more look at a scale at which the smallest faces that count can be found. Of a picture that
is full, the surroundings of the places where the detector came closest to a face are enlarged.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from visage.models.detectors.detector import GLIMPSES
from visage.types import Face, Floats, Pixels

WIDTH, HEIGHT = 640, 480  # pixels of the mosaic of all that a picture holds
HINTED = GLIMPSES[-1]  # (height, width) of the mosaic of what hints are about
SEEN = 11  # pixels a face must have to be found; YuNet's smallest are 10
BORDER = 8  # black pixels between two parts
GAIN = 1.25  # the scale must be so many times that of the first look to be worth another
GAIN_OF_ALL = 2.5  # and so many times to be worth decoding the picture larger for all it holds
# How large the surroundings of a hint are, pixels of the mosaic, and at how many times the scale of
# the first look they are seen: of 13 pairs tried the one that finds most (benchmarks/small.py).
TILE, CLOSER = 48, 2.5
_HALVINGS = 6  # of the range of scales
_CELLS = 128  # along the longer side: the grid on which a picture is looked at for content
_EMPTY = 4.0  # standard deviation of grey (0 to 255) below which a cell holds nothing


@dataclass(frozen=True)
class Part:
    """A rectangle of the picture, and where it lies in the mosaic."""

    x: int  # in pixels of the picture
    y: int
    w: int
    h: int
    left: int = 0  # in pixels of the mosaic
    top: int = 0


@dataclass(frozen=True)
class Layout:
    """Which parts of a picture are looked at again, and at which scale."""

    parts: list[Part]
    scale: float  # pixels of the mosaic for one of the picture
    size: tuple[int, int] = (HEIGHT, WIDTH)  # of the mosaic

    def mosaic(self, pixels: Pixels, factors: Floats) -> Pixels:
        """Put the parts together.

        Args:
            pixels: The picture, possibly reduced.
            factors: From `pixels` to the picture, across and down.
        """
        made = np.zeros((*self.size, 3), np.uint8)
        averaged = self.scale * factors.max() < 1  # or there is nothing to leave out
        for part in self.parts:
            left, top = round(part.x / factors[0]), round(part.y / factors[1])
            right = round((part.x + part.w) / factors[0])
            below = round((part.y + part.h) / factors[1])
            width, height = _scaled(part.w, self.scale), _scaled(part.h, self.scale)
            cut = pixels[top:below, left:right]
            if cut.size:
                place = np.s_[part.top : part.top + height, part.left : part.left + width]
                how = cv2.INTER_AREA if averaged else cv2.INTER_LINEAR
                made[place] = cv2.resize(cut, (width, height), interpolation=how)
        return made

    def back(self, faces: list[Face]) -> Iterator[Face]:
        """Give faces of the mosaic in pixels of the picture; of those across a border none."""
        for face in faces:
            x, y = face.x + face.w / 2, face.y + face.h / 2
            for part in self.parts:
                across = part.left <= x < part.left + part.w * self.scale
                if across and part.top <= y < part.top + part.h * self.scale:
                    shift = np.array([part.left, part.top], np.float32)
                    move = np.array([part.x, part.y], np.float32)
                    yield replace(
                        face,
                        x=(face.x - part.left) / self.scale + part.x,
                        y=(face.y - part.top) / self.scale + part.y,
                        w=face.w / self.scale,
                        h=face.h / self.scale,
                        landmarks=(face.landmarks - shift) / np.float32(self.scale) + move,
                    )
                    break


def lay_out(small: Pixels, width: int, height: int, least: int) -> Layout | None:
    """Choose what to look at again; None where that would show no smaller faces.

    Args:
        small: The picture, reduced to a few hundred pixels.
        width: Of the picture itself, pixels.
        height: Likewise.
        least: The shorter side of the smallest faces that count, pixels.
    """
    first = WIDTH / max(width, height)
    wanted = SEEN / max(1, least)
    if first * GAIN >= wanted:
        return None
    low, high = min(first * GAIN_OF_ALL, wanted), wanted
    boxes = list(_contents(small, width, height, max(2 * least, max(width, height) / _CELLS)))
    if sum(box.w * box.h for box in boxes) * low**2 > WIDTH * HEIGHT:
        return None
    if everything := _packed(boxes, wanted, least):
        return Layout(everything, wanted)
    best: Layout | None = None
    for _ in range(_HALVINGS):  # the largest scale at which all parts fit
        scale = (low + high) / 2
        if parts := _packed(boxes, scale, least):
            best, low = Layout(parts, scale), scale
        else:
            high = scale
    return best


def around(hints: Floats, width: int, height: int, factors: Floats, least: int) -> Iterator[Layout]:
    """Give what is to be looked at again by hints, in as many looks as it takes.

    Args:
        hints: (n, 2), x and y in pixels of the picture, the likeliest first.
        width: Of the picture, pixels.
        height: Likewise.
        factors: From the pixels that are at hand to the picture, across and down.
        least: The shorter side of the smallest faces that count, pixels.
    """
    first = WIDTH / max(width, height)
    scale = min(CLOSER * first, SEEN / max(1, least))
    if scale < GAIN * first:
        return
    side = int(TILE / scale)
    farthest = np.maximum(0, np.array([width, height]) - side)
    corners = np.clip(hints - side / 2, 0, farthest)
    corners = np.round(np.round(corners / factors) * factors).astype(int)  # where a pixel begins
    rows, columns = (length // TILE for length in HINTED)
    places = [(TILE * column, TILE * row) for row in range(rows) for column in range(columns)]
    for start in range(0, len(corners), len(places)):
        pairs = zip(corners[start : start + len(places)].tolist(), places, strict=False)
        parts = [Part(x, y, side, side, left, top) for (x, y), (left, top) in pairs]
        yield Layout(parts, scale, HINTED)


def _contents(small: Pixels, width: int, height: int, margin: float) -> Iterator[Part]:
    """Give rectangles around everything that is not empty, in pixels of the picture."""
    # Pixels left out tell as much of how different they are as all do; averaged ones would not.
    step = math.ceil(max(small.shape[:2]) / WIDTH)
    side = (max(1, small.shape[1] // step), max(1, small.shape[0] // step))
    grey = cv2.cvtColor(
        cv2.resize(small, side, interpolation=cv2.INTER_NEAREST), cv2.COLOR_BGR2GRAY
    )
    factor = max(width, height) / max(grey.shape)
    cell = max(1, round(max(grey.shape) / _CELLS))  # whole pixels: several times as quick
    down, right = (-side % cell for side in grey.shape)
    grey = cv2.copyMakeBorder(grey, 0, down, 0, right, cv2.BORDER_REPLICATE).astype(np.float32)
    size = (grey.shape[1] // cell, grey.shape[0] // cell)
    mean = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    square = cv2.resize(grey * grey, size, interpolation=cv2.INTER_AREA)
    full = np.sqrt(np.maximum(square - mean * mean, 0)) > _EMPTY
    _, _, stats, _ = cv2.connectedComponentsWithStats(full.astype(np.uint8), connectivity=8)
    side = cell * factor
    for left, top, w, h in stats[1:, :4]:
        x, y = max(0.0, left * side - margin), max(0.0, top * side - margin)
        far = min(float(width), (left + w) * side + margin)
        below = min(float(height), (top + h) * side + margin)
        yield Part(int(x), int(y), int(far - x), int(below - y))


def _packed(boxes: list[Part], scale: float, least: int) -> list[Part] | None:
    """Lay parts onto shelves, the highest first; None where they do not fit."""
    pieces = [piece for box in boxes for piece in _cut(box, scale, least)]
    pieces.sort(key=lambda part: (-part.h, -part.w, part.y, part.x))
    placed, left, top, shelf = [], 0, 0, 0
    for part in pieces:
        width, height = _scaled(part.w, scale), _scaled(part.h, scale)
        if left and left + width > WIDTH:
            left, top, shelf = 0, top + shelf + BORDER, 0
        if width > WIDTH or top + height > HEIGHT:
            return None
        placed.append(replace(part, left=left, top=top))
        left, shelf = left + width + BORDER, max(shelf, height)
    return placed or None


def _cut(box: Part, scale: float, least: int) -> Iterator[Part]:
    """Cut a part that is wider or higher than the mosaic into several that overlap."""
    overlap = 4 * least
    for x, w in _spans(box.x, box.w, WIDTH / scale, overlap):
        for y, h in _spans(box.y, box.h, HEIGHT / scale, overlap):
            yield Part(x, y, w, h)


def _spans(start: int, length: int, most: float, overlap: int) -> list[tuple[int, int]]:
    if length <= most:
        return [(start, length)]
    if most <= 2 * overlap:
        return [(start, length)]  # which will not fit
    number = int(np.ceil((length - overlap) / (most - overlap)))
    step = (length - overlap) / number
    return [(start + round(n * step), round(step) + overlap) for n in range(number)]


def _scaled(side: int, scale: float) -> int:
    return max(1, int(side * scale))


def overlap(one: Face, other: Face) -> float:
    """Give the intersection of two boxes over their union."""
    width = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    height = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    common = max(0.0, width) * max(0.0, height)
    union = one.w * one.h + other.w * other.h - common
    return common / union if union > 0 else 0.0
