"""Pictures turned by quarters, and faces brought back from the turned picture to the picture."""

from dataclasses import replace

import numpy as np

from visage.types import Face, Pixels

TURNS = (0, 90, 180, 270)  # degrees clockwise


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """Turn a picture clockwise by one of `TURNS`."""
    return np.ascontiguousarray(np.rot90(pixels, -degrees // 90)) if degrees else pixels


def turn_note(degrees: int) -> str:
    """Say by how much a picture is turned to stand upright; "" where it does."""
    return f"turned by {degrees}° to be upright" if degrees else ""


def turned_back(face: Face, degrees: int, width: int, height: int) -> Face:
    """Give a face of a turned picture in the coordinates of the picture itself.

    Args:
        face: In pixels of `turned(picture, degrees)`.
        degrees: One of `TURNS`.
        width: Of the picture itself, pixels.
        height: Likewise.
    """
    x, y, w, h = face.x, face.y, face.w, face.h
    u, v = face.landmarks[:, 0], face.landmarks[:, 1]
    if degrees == 90:
        box, points = (y, height - x - w, h, w), (v, height - 1 - u)
    elif degrees == 180:
        box, points = (width - x - w, height - y - h, w, h), (width - 1 - u, height - 1 - v)
    elif degrees == 270:
        box, points = (width - y - h, x, h, w), (width - 1 - v, u)
    else:
        return face
    landmarks = np.stack(points, axis=1).astype(np.float32)
    return replace(face, x=box[0], y=box[1], w=box[2], h=box[3], landmarks=landmarks)
