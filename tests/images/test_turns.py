"""A face of a turned picture, brought back."""

import numpy as np
import pytest
from visage.images.turns import TURNS, turned, turned_back
from visage.types import Face


@pytest.mark.parametrize("degrees", TURNS)
def test_a_mark_is_where_it_was(degrees: int) -> None:
    pixels = np.zeros((60, 100, 3), np.uint8)
    pixels[12:20, 30:34] = 200  # a box of 4 x 8 pixels at (30, 12)
    pixels[13, 31] = 255  # its landmark
    there = turned(pixels, degrees)
    rows, columns = np.nonzero(there[:, :, 0])
    (point,) = np.argwhere(there[:, :, 0] == 255)
    box = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    landmarks = np.tile(point[::-1].astype(np.float32), (5, 1))
    face = turned_back(
        Face(float(box[0]), float(box[1]), float(box[2]), float(box[3]), 1.0, landmarks),
        degrees,
        100,
        60,
    )
    assert (face.x, face.y, face.w, face.h) == (30, 12, 4, 8)
    assert face.landmarks.tolist() == [[31, 13]] * 5


def test_clockwise() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0] = 255
    assert turned(pixels, 90)[0, 1, 0] == 255  # upper left becomes upper right
