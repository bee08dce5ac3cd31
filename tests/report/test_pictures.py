"""Thumbnails and crops of photographs, as the report and the evaluation show them."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visage.report.data import Outline
from visage.report.pictures import Missing, Order, Picture, cut, sizes
from visage.types import Box


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_crops_are_cut_from_the_upright_photograph(
    tmp_path: Path, suffix: str, orientation: int
) -> None:
    """A red square on grey, in an upright picture of 1600 x 800, stored turned."""
    upright = np.full((800, 1600, 3), 128, np.uint8)
    upright[500:700, 1200:1400] = (255, 0, 0)
    stored = np.rot90(upright, {1: 0, 3: 2, 6: 1, 8: 3}[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif)
    made = cut(Order(tmp_path, path.name, [Outline(Box(1200, 500, 200, 200))], crop=144, side=480))
    crop = made.crops[0]
    assert isinstance(made.photograph, Picture)
    assert isinstance(crop, Picture)
    assert (made.photograph.width, made.photograph.height) == (480, 240)
    pixels = decoded(crop)
    middle, edge = pixels[40:104, 40:104].mean((0, 1)), pixels[:8].mean((0, 1))
    assert middle == pytest.approx((255, 0, 0), abs=12)
    assert edge == pytest.approx((128, 128, 128), abs=12)


def decoded(picture: Picture) -> np.ndarray:
    data = base64.b64decode(picture.uri.split(",")[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(float)


@pytest.mark.parametrize(
    "box",
    [None, Box(-50, -50, 30, 30), Box(150, 100, 500, 500), Box(0, 0, 0, 0), Box(9e9, 0, 1, 1)],
)
def test_any_box_gives_a_crop(tmp_path: Path, box: Box | None) -> None:
    Image.new("RGB", (200, 120)).save(tmp_path / "a.png")
    (crop,) = cut(Order(tmp_path, "a.png", [Outline(box)], crop=144)).crops
    assert isinstance(crop, Picture)
    assert (crop.width, crop.height) == (144, 144)


def test_what_is_no_picture_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("<html>")
    made = cut(Order(tmp_path, "a.jpg", [Outline(None)] * 2, side=480))
    assert isinstance(made.photograph, Missing)
    assert "not an image" in made.photograph.reason
    assert made.crops == [made.photograph] * 2


def test_a_tilted_face_is_cut_with_its_eyes_level(tmp_path: Path) -> None:
    """Two red squares for eyes, on a line that falls by 30 degrees, at the photograph's edge."""
    tilt, middle = np.radians(30), np.array([60.0, 60.0])
    pixels = np.full((200, 300, 3), 90, np.uint8)
    eyes = [middle + away * np.array([np.cos(tilt), np.sin(tilt)]) for away in (-20, 20)]
    for x, y in eyes:
        pixels[int(y) - 5 : int(y) + 5, int(x) - 5 : int(x) + 5] = (255, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    outline = Outline(Box(10, 10, 100, 100), float(tilt))
    (crop,) = cut(Order(tmp_path, "a.png", [outline], crop=160)).crops
    assert isinstance(crop, Picture)
    red = decoded(crop)[:, :, 0] > 160
    rows = [np.flatnonzero(half.any(axis=1)).mean() for half in (red[:, :80], red[:, 80:])]
    assert rows[0] == pytest.approx(rows[1], abs=2)
    assert decoded(crop)[:, :, 0].min() > 40  # no black corner where the photograph ends


def test_a_blurred_face_is_gone_for_good(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    face, other = Box(50, 50, 100, 120), Box(280, 160, 80, 100)
    order = Order(tmp_path, "a.png", [Outline(face), Outline(other)], 160, 400, blurred=[face])
    made = cut(order)
    hidden, kept = (decoded(crop) for crop in made.crops if isinstance(crop, Picture))
    assert detail(hidden[40:120, 40:120]) < 3
    assert detail(kept[40:120, 40:120]) > 15
    assert isinstance(made.photograph, Picture)
    assert detail(decoded(made.photograph)[50:170, 50:150]) < 3
    (nothing,) = cut(Order(tmp_path, "a.png", [Outline(None)], 160, blurred=[None])).crops
    assert isinstance(nothing, Picture)
    assert detail(decoded(nothing)[40:120, 40:120]) < 3


def detail(pixels: np.ndarray) -> float:
    """How much neighbouring pixels differ."""
    return float(np.abs(np.diff(pixels, axis=1)).mean())


def test_more_photographs_are_smaller() -> None:
    sides = [sizes(number, number > 1000).photograph for number in (6, 200, 800, 10_000)]
    assert sides == sorted(sides, reverse=True)


def test_a_page_is_shown_and_a_photograph_that_lies_on_its_side_stands_upright(
    tmp_path: Path,
) -> None:
    page = Image.new("RGB", (200, 100), "white")
    page.paste("red", (0, 0, 40, 100))  # left; turned by 90° it is on top
    Image.new("RGB", (10, 10)).save(tmp_path / "a.tif", save_all=True, append_images=[page])
    (shown,) = [cut(Order(tmp_path, "a.tif#2", side=100, turn=90)).photograph]
    assert isinstance(shown, Picture)
    assert (shown.width, shown.height) == (50, 100)
    assert decoded(shown)[:15].mean((0, 1)) == pytest.approx((255, 0, 0), abs=12)
    assert decoded(shown)[30:].mean((0, 1)) == pytest.approx((255, 255, 255), abs=12)
