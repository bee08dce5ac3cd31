"""Faces found whichever way up a photograph lies, and small ones in large photographs.

One look at 640 pixels finds most faces and is all that most photographs need. More is looked only
where that was not enough (benchmarks/photographs.py; measured on 330 photographs):

- Nothing found: the other three ways up at a quarter of the size, side by side, which tells the way
  up in 52 of 52 turned photographs in which nothing is found (costs: benchmarks/looks.py).
- Nothing clear found (`visage.embed.extractor`): all four at 320 pixels, which tell in 328 of 329.
- Large, long or without a face, and partly empty: the parts that hold something, packed closely
  (`visage.embed.mosaic`).

Detectors that see photographs in full, as the original program's does, look once: for them a
further look costs seconds, and the original took none.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

import numpy as np

from visage.embed.mosaic import BORDER, lay_out, overlap
from visage.embed.view import View, scaled
from visage.images.turns import TURNS, turned
from visage.types import Detector, Face

GLANCE = 320  # pixels of the longer side at which it shows which way is up
GLIMPSE = 0.28  # of the size of a first look that found nothing
LOOKED = 640  # pixels of the longer side of a first look
SURE = 0.7  # confidence of a face that makes another way up worth a closer look
LONG = 2.5  # longer by shorter side
LARGE = 8_000_000  # pixels
_ONE = 0.3  # overlap (intersection over union) from which two boxes are one face


def find(view: View, detector: Detector, least: int, confidence: float) -> tuple[View, list[Face]]:
    """Find the faces of a photograph.

    Args:
        view: The photograph as it lies.
        detector: What finds them.
        least: The shorter side of the smallest faces that count, pixels.
        confidence: From which a face counts.

    Returns:
        The view they were found in, and all faces in its pixels.
    """
    faces = look(view, detector)
    if not view.scaled_down:
        return view, faces
    if not _counting(faces, confidence):
        turn, best = _glimpsed_turn(view, detector)
        if best >= SURE:
            other = view.turned(turn)
            found = look(other, detector)
            if _counting(found, confidence):
                return other, found
    return view, [*faces, *_small_ones(view, detector, faces, least, confidence)]


def look(view: View, detector: Detector) -> list[Face]:
    """Find the faces that one look shows."""
    return [scaled(face, view.factors) for face in detector.detect(view.pixels)]


def surest_turn(view: View, detector: Detector) -> tuple[int, float]:
    """Tell which way up a photograph shows its most certain face, and how certain it is.

    Args:
        view: The photograph, some way up.
        detector: What finds faces.
    """
    glance = view.small(GLANCE)
    best = (TURNS[0], 0.0)
    for turn in TURNS:
        faces = detector.detect(turned(glance, (turn - view.turn) % 360))
        confidence = max((face.confidence for face in faces), default=0.0)
        if confidence > best[1]:
            best = (turn, confidence)
    return best


def _glimpsed_turn(view: View, detector: Detector) -> tuple[int, float]:
    """Tell the same of the other ways up by one look at all of them, small and side by side."""
    small = view.small(max(1, round(GLIMPSE * min(LOOKED, max(view.pixels.shape[:2])))))
    others = [turn for turn in TURNS if turn != view.turn]
    pictures = [turned(small, (turn - view.turn) % 360) for turn in others]
    lefts = list(accumulate((part.shape[1] + BORDER for part in pictures), initial=0))
    height = max(part.shape[0] for part in pictures)
    beside = np.zeros((height, lefts[-1] - BORDER, 3), np.uint8)
    for left, part in zip(lefts, pictures, strict=False):
        beside[: part.shape[0], left : left + part.shape[1]] = part
    best = (others[0], 0.0)
    for face in detector.detect(beside):
        if face.confidence > best[1]:
            place = bisect_right(lefts, max(0.0, face.x + face.w / 2)) - 1
            best = (others[min(place, len(others) - 1)], face.confidence)
    return best


def _small_ones(
    view: View, detector: Detector, faces: list[Face], least: int, confidence: float
) -> list[Face]:
    """Find what one look is too coarse for."""
    sides = sorted((view.width, view.height))
    needed = (
        not _counting(faces, confidence)
        or sides[1] > LONG * sides[0]
        or view.width * view.height > LARGE
    )
    if not needed or view.photograph.pixels.size == 0:
        return []
    layout = lay_out(view.pixels, view.width, view.height, least)
    if layout is None:
        return []
    found = layout.back(detector.detect(layout.mosaic(*view.at(layout.scale))))
    counting = sorted(_counting(found, confidence), key=lambda face: -face.confidence)
    known, new = list(faces), []
    for face in counting:
        if not any(overlap(face, other) > _ONE or _inside(face, other) for other in known):
            known.append(face)
            new.append(face)
    return new


def _inside(face: Face, other: Face) -> bool:
    x, y = face.x + face.w / 2, face.y + face.h / 2
    return other.x <= x < other.x + other.w and other.y <= y < other.y + other.h


def _counting(faces: Iterable[Face], confidence: float) -> list[Face]:
    return [face for face in faces if face.confidence >= confidence]
