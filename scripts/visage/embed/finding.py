"""Faces found whichever way up a photograph lies, and small ones in large photographs.

One look at 640 pixels finds most faces and is all that most photographs need. More is looked only
where that was not enough (benchmarks/photographs.py; measured on 330 photographs):

- Nothing found: a glimpse of the other three ways up, small and side by side, which tells the way
  up in 181 of 181 turned photographs in which nothing is found (costs: benchmarks/looks.py).
- Nothing clear found (`visage.embed.extractor`): all four at 320 pixels, which tell in 328 of 329.
- Large, long or without a face: the parts that hold something, packed closely, where they are few
  enough; otherwise what surrounds the places that came closest to a face (`visage.embed.mosaic`).

Detectors that see photographs in full, as the original program's does, look once: for them a
further look costs seconds, and the original took none.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import numpy as np

from visage.embed.mosaic import BORDER, TILE, around, lay_out, overlap
from visage.embed.view import View, scaled
from visage.images.turns import TURNS, turned
from visage.models.detectors.detector import GLIMPSES
from visage.types import Detector, Face, Pixels, Seen

GLANCE = 320  # pixels of the longer side at which it shows which way is up
SMALL = 480  # pixels of the longer side up to which a photograph takes the smaller glimpse
SURE = 0.7  # confidence of a face that makes another way up worth a closer look
LONG = 2.5  # longer by shorter side
LARGE = 8_000_000  # pixels
FILLED = 0.75  # part of a tile that the widest faces fill that hints are about
WORTH = 4  # new faces in the surroundings of hints that make the next hints worth a look
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
    if not view.scaled_down:
        return view, look(view, detector)
    seen = detector.search(view.pixels)
    faces = [scaled(face, view.factors) for face in seen.faces]
    if not _counting(faces, confidence):
        turn, best = _glimpsed_turn(view, detector)
        if best >= SURE:
            other = view.turned(turn)
            found = look(other, detector)
            if _counting(found, confidence):
                return other, found
    if not _may_hold_small_ones(view, faces, confidence):
        return view, faces
    small = _small_ones(view, detector, Seen(faces, seen.hints * view.factors), least, confidence)
    return view, [*(face for face in faces if not _is_known(face, small)), *small]


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
    others = [turn for turn in TURNS if turn != view.turn]
    beside, lefts = _side_by_side(view, others)
    best = (others[0], 0.0)
    for face in detector.detect(beside):
        if face.confidence > best[1]:
            place = bisect_right(lefts, max(0.0, face.x + face.w / 2)) - 1
            best = (others[place], face.confidence)
    return best


def _side_by_side(view: View, turns: Sequence[int]) -> tuple[Pixels, list[int]]:
    """Give a picture of one of `GLIMPSES` that shows a photograph some ways up.

    Args:
        view: The photograph.
        turns: The ways up, degrees clockwise.

    Returns:
        The picture, black between the ways up, and where each begins, pixels from the left.
    """
    longer = max(view.pixels.shape[:2])
    height, width = GLIMPSES[longer > SMALL]
    widths = [view.pixels.shape[1 - (turn - view.turn) // 90 % 2] for turn in turns]
    room = width - BORDER * (len(turns) - 1) - len(turns)  # a pixel each for rounding
    small = view.small(int(min(height, room / sum(widths) * longer)))
    beside, lefts, left = np.zeros((height, width, 3), np.uint8), [], 0
    for turn in turns:
        part = turned(small, (turn - view.turn) % 360)
        beside[: part.shape[0], left : left + part.shape[1]] = part
        lefts.append(left)
        left += part.shape[1] + BORDER
    return beside, lefts


def _may_hold_small_ones(view: View, faces: Sequence[Face], confidence: float) -> bool:
    """Tell whether one look may be too coarse for a photograph."""
    shorter, longer = sorted((view.width, view.height))
    coarse = longer > LONG * shorter or longer * shorter > LARGE
    return (coarse or not _counting(faces, confidence)) and view.pixels.size > 0


def _small_ones(
    view: View, detector: Detector, seen: Seen, least: int, confidence: float
) -> list[Face]:
    """Find what one look is too coarse for; `seen` is what it gave, in the photograph's pixels."""
    counting = _counting(seen.faces, confidence)
    layout = lay_out(view.pixels, view.width, view.height, least)
    if layout:
        found = layout.back(detector.detect(layout.mosaic(*view.at(layout.scale))))
        return _new(_counting(found, confidence), counting)
    hints = np.array([p for p in seen.hints if not any(_holds(face, *p) for face in counting)])
    return _hinted(view, detector, Seen(counting, hints.reshape(-1, 2)), least, confidence)


def _hinted(
    view: View, detector: Detector, seen: Seen, least: int, confidence: float
) -> list[Face]:
    """Find faces in the surroundings of hints, as long as there are enough; seen as is at hand.

    Larger ones than fill a good part of a tile were seen well enough before.
    """
    found: list[Face] = []
    for layout in around(seen.hints, view.width, view.height, view.factors, least):
        faces = layout.back(detector.detect(layout.mosaic(view.pixels, view.factors)))
        small = [face for face in faces if face.w * layout.scale < FILLED * TILE]
        new = _new(_counting(small, confidence), [*seen.faces, *found])
        found += new
        if len(new) < WORTH:
            break
    return found


def _new(faces: Sequence[Face], known: Sequence[Face]) -> list[Face]:
    """Give each face that is not known once, the surest first."""
    new: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.confidence):
        if not _is_known(face, [*known, *new]):
            new.append(face)
    return new


def _is_known(face: Face, known: Iterable[Face]) -> bool:
    middle = (face.x + face.w / 2, face.y + face.h / 2)
    return any(overlap(face, other) > _ONE or _holds(other, *middle) for other in known)


def _holds(face: Face, x: float, y: float) -> bool:
    """Tell whether a place lies within a face's box."""
    return face.x <= x < face.x + face.w and face.y <= y < face.y + face.h


def _counting(faces: Iterable[Face], confidence: float) -> list[Face]:
    return [face for face in faces if face.confidence >= confidence]
