"""Areas of the stored and of the upright picture."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from visage.people.turning import Area, stored, upright


@pytest.mark.parametrize("orientation", range(1, 9))
def test_areas_turn_as_pillow_turns_the_picture(orientation: int) -> None:
    pixels = np.zeros((40, 100), np.uint8)
    pixels[4:12, 10:50] = 255
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    turned = np.asarray(ImageOps.exif_transpose(image))
    rows, columns = np.nonzero(turned)
    height, width = turned.shape
    area = Area(0.1, 0.1, 0.4, 0.2)
    x, y, w, h = upright(area, orientation)
    box = np.array([x * width, y * height, (x + w) * width, (y + h) * height])
    right = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert box == pytest.approx(right, abs=1e-9)
    assert stored(upright(area, orientation), orientation) == pytest.approx(area)


def test_an_orientation_that_is_none_turns_nothing() -> None:
    assert upright(Area(0.1, 0.2, 0.3, 0.4), 0) == Area(0.1, 0.2, 0.3, 0.4)
