"""Areas of a picture as it is stored, and of the same picture upright; for all eight orientations.

Standards for regions (MWG-RS 2.0, Microsoft's, Picasa's) speak of the stored picture, before its
EXIF orientation is applied; boxes here are of the upright one.
"""

from typing import NamedTuple

SIDEWAYS = frozenset({5, 6, 7, 8})  # orientations that exchange width and height
OF_TURN = {0: 1, 90: 6, 180: 3, 270: 8}  # degrees clockwise → the orientation that asks for them


class Area(NamedTuple):
    """Part of a picture; in parts of its width and height, from 0 to 1."""

    x: float  # left
    y: float  # top
    w: float
    h: float


def upright(area: Area, orientation: int) -> Area:
    """Give an area of the stored picture as one of the upright picture.

    Args:
        area: Of the stored picture.
        orientation: Of the EXIF tag, 1 to 8; what is none of these is 1.
    """
    u, v, w, h = area
    right, below = 1 - u - w, 1 - v - h
    turned = {
        2: Area(right, v, w, h),
        3: Area(right, below, w, h),
        4: Area(u, below, w, h),
        5: Area(v, u, h, w),
        6: Area(below, u, h, w),
        7: Area(below, right, h, w),
        8: Area(v, right, h, w),
    }
    return turned.get(orientation, area)


def stored(area: Area, orientation: int) -> Area:
    """Give an area of the upright picture as one of the stored picture."""
    inverse = {6: 8, 8: 6}  # all others undo themselves
    return upright(area, inverse.get(orientation, orientation))
