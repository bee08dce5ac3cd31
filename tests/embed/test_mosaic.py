"""Large, long and mostly empty pictures, packed for one more look."""

import numpy as np
import pytest
from visage.embed.mosaic import CLOSER, HEIGHT, HINTED, TILE, WIDTH, around, lay_out, overlap
from visage.types import Face, Pixels

LEAST = 24
POINTS = np.zeros((5, 2), np.float32)


def with_marks(width: int, height: int, places: list[tuple[int, int]]) -> Pixels:
    """A grey picture with small noisy squares of 100 pixels, their middle white."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    noise = np.random.default_rng(1).integers(0, 200, (100, 100, 3), np.uint8)
    for x, y in places:
        pixels[y : y + 100, x : x + 100] = noise
        pixels[y + 40 : y + 60, x + 40 : x + 60] = 255
    return pixels


def small(pixels: Pixels) -> Pixels:
    step = max(1, max(pixels.shape[:2]) // 640)
    height, width = (side // step * step for side in pixels.shape[:2])
    blocks = pixels[:height, :width].reshape(height // step, step, width // step, step, 3)
    return blocks.mean(axis=(1, 3)).astype(np.uint8)


@pytest.mark.parametrize(("width", "height"), [(6000, 4000), (16_000, 900), (900, 9000)])
def test_what_a_picture_holds_is_seen_large_enough_and_brought_back(
    width: int, height: int
) -> None:
    places = [(50, 60), (width // 2, height // 2), (width - 200, height - 150)]
    pixels = with_marks(width, height, places)
    layout = lay_out(small(pixels), width, height, LEAST)
    assert layout
    assert layout.scale * LEAST >= 10
    mosaic = layout.mosaic(pixels, np.ones(2, np.float32))
    assert mosaic.shape == (HEIGHT, WIDTH, 3)
    found = []
    for part in layout.parts:  # the middle of each mark, found by its white in the mosaic
        right = part.left + int(part.w * layout.scale)
        below = part.top + int(part.h * layout.scale)
        white = (mosaic[part.top : below, part.left : right] >= 250).all(axis=2)
        for y, x in np.argwhere(white)[:1]:
            face = Face(float(part.left + x), float(part.top + y), 4, 4, 0.9, POINTS)
            found += list(layout.back([face]))
    middles = {(x + 40, y + 40) for x, y in places}
    assert len(found) >= len(places)
    assert all(
        any(abs(face.x - x) < 12 and abs(face.y - y) < 12 for x, y in middles) for face in found
    )


def test_a_picture_that_is_full_or_small_needs_no_second_look() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (427, 640, 3), np.uint8)
    assert lay_out(noise, 6000, 4000, LEAST) is None
    assert lay_out(noise, 1280, 854, LEAST) is None
    assert lay_out(np.full((427, 640, 3), 9, np.uint8), 6000, 4000, LEAST) is None


def test_a_face_across_a_border_is_none() -> None:
    pixels = with_marks(6000, 4000, [(100, 100), (4000, 3000)])
    layout = lay_out(small(pixels), 6000, 4000, LEAST)
    assert layout
    nowhere = Face(WIDTH - 3.0, HEIGHT - 3.0, 2, 2, 0.9, POINTS)
    assert list(layout.back([nowhere])) == []


def test_overlap_by_hand() -> None:
    one = Face(0, 0, 10, 10, 1, POINTS)
    assert overlap(one, Face(5, 0, 10, 10, 1, POINTS)) == pytest.approx(50 / 150)
    assert overlap(one, Face(20, 0, 1, 1, 1, POINTS)) == 0


def test_hints_are_seen_enlarged_and_brought_back() -> None:
    """Each in a tile of its own, at the edges too; as many looks as it takes."""
    noise = np.random.default_rng(3).integers(0, 200, (500, 750, 3), np.uint8)
    factors = np.array([8, 8], np.float32)
    hints = np.random.default_rng(4).uniform((0, 0), (5999, 3999), (100, 2)).astype(np.float32)
    hints[:2] = (0, 0), (5999, 3999)
    found = []
    for layout in around(hints, 6000, 4000, factors, LEAST):
        assert layout.mosaic(noise, factors).shape == (*HINTED, 3)
        for part in layout.parts:
            middle = Face(part.left + TILE / 2 - 1, part.top + TILE / 2 - 1, 2, 2, 0.9, POINTS)
            found += list(layout.back([middle]))
    assert len(found) == len(hints)
    away = np.array([(face.x, face.y) for face in found]) - hints
    inside = ((hints > 200) & (hints < (5800, 3800))).all(axis=1)
    assert np.abs(away[inside]).max() < 20
    assert np.abs(away).max() < TILE / CLOSER * 6000 / WIDTH / 2 + 20


def test_a_picture_that_was_seen_well_enough_takes_no_hints() -> None:
    hints, factors = np.array([[10, 10]], np.float32), np.ones(2, np.float32)
    assert not list(around(hints, 1280, 854, factors, LEAST))
    assert not list(around(hints[:0], 6000, 4000, factors, LEAST))
