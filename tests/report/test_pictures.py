"""Thumbnails and crops of photographs, as the report and the evaluation show them."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visage.report.pictures import Missing, Order, Picture, cut
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
    made = cut(Order(path, [Box(1200, 500, 200, 200)], side=480))
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
    (crop,) = cut(Order(tmp_path / "a.png", [box])).crops
    assert isinstance(crop, Picture)
    assert (crop.width, crop.height) == (144, 144)


def test_what_is_no_picture_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("<html>")
    made = cut(Order(tmp_path / "a.jpg", [None, None], side=480))
    assert isinstance(made.photograph, Missing)
    assert "not an image" in made.photograph.reason
    assert made.crops == [made.photograph] * 2
