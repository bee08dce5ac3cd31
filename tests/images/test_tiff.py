"""Kinds of TIFF that Pillow does not read, or takes for what they are not."""

import io

import numpy as np
import pytest
from dng import tiff
from PIL import Image
from visage.images.decode import ImageProblem, count_pages, decode
from visage.images.parts import page

RGB = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
GREY = RGB[:, :, 1].copy()
DEEP = RGB.astype("<u2") * 257
UNSIGNED = GREY.astype("<u4") * 16_843_009
KINDS = {
    "16 bits, a plane a colour": (tiff([DEEP[:, :, n].copy() for n in range(3)], 2), RGB),
    "16 bits, white is zero": (tiff([65535 - DEEP[:, :, 1]], 0), GREY),
    "32 bits without a sign": (tiff([UNSIGNED], 1), GREY),
    "32 bits without a sign, in colour": (tiff([RGB.astype("<u4") * 16_843_009], 2), RGB),
    "floating point": (tiff([GREY.astype("<f4") / 255], 1, 3), GREY),
    "floating point in colour": (tiff([RGB.astype("<f4") / 255], 2, 3), RGB),
    "64 bits": (tiff([GREY.astype("<f8") / 255], 1, 3), GREY),
    "YCbCr, not compressed": (tiff([np.full((24, 32, 3), 128, np.uint8)], 6), None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gives_the_picture(kind: str) -> None:
    data, expected = KINDS[kind]
    found = decode(data)
    if expected is None:  # grey, whatever the sub-sampling
        assert np.abs(found.pixels[:8].astype(int) - 128).max() <= 2
    else:
        bgr = expected[:, :, ::-1] if expected.ndim == 3 else np.repeat(GREY[:, :, None], 3, axis=2)
        assert np.abs(found.pixels.astype(int) - bgr).max() <= 1
    assert found.note == ""


def test_lights_brighter_than_white_are_white() -> None:
    values = np.full((24, 32, 3), 0.5, "<f4")
    values[0, 0] = 9.0
    found = decode(tiff([values], 2, 3)).pixels
    assert (found[0, 0] == 255).all()
    assert (found[1:] == 128).all()


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize(
    "planes", [[RGB.astype("<f4") / 255], [DEEP[:, :, n].copy() for n in range(3)]]
)
def test_they_are_turned_as_they_say(planes: list[np.ndarray], orientation: int) -> None:
    data = tiff(planes, 2, 3 if len(planes) == 1 else 1, orientation=orientation)
    found = decode(data)
    turned = np.rot90(RGB[:, :, ::-1], {1: 0, 3: 2, 6: -1}[orientation])
    assert (found.width, found.height) == turned.shape[1::-1]
    assert np.abs(found.pixels.astype(int) - turned).max() <= 1


def test_what_nobody_reads_is_not_called_damaged() -> None:
    with pytest.raises(ImageProblem, match=r"\(3 x 16 bits, floating point\)") as caught:
        decode(tiff([(RGB / 255).astype("<f2")], 2, 3))
    assert "damaged" not in caught.value.reason


def test_a_page_that_nobody_reads_costs_no_other_one() -> None:
    file = io.BytesIO()
    good = Image.fromarray(RGB)
    good.save(file, "TIFF", save_all=True, append_images=[good, good])
    data = bytearray(file.getvalue())
    second = data.index(b"\x02\x01\x03\0\x03\0\0\0", data.index(b"\x02\x01\x03\0\x03\0\0\0") + 1)
    place = int.from_bytes(data[second + 8 : second + 12], "little")
    data[place : place + 6] = (7).to_bytes(2, "little") * 3  # bits of each colour
    assert count_pages(bytes(data)) == 3
    for number in (1, 3):
        assert (decode(bytes(data), part=page(number)).pixels == RGB[:, :, ::-1]).all()
    with pytest.raises(ImageProblem, match="3 x 7 bits"):
        decode(bytes(data), part=page(2))


def test_of_a_damaged_one_what_is_there() -> None:
    file = io.BytesIO()
    noise = np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8)
    Image.fromarray(noise).save(file, "TIFF", compression="tiff_adobe_deflate")
    data = bytearray(file.getvalue())
    data[len(data) // 2] ^= 0xFF
    found = decode(bytes(data))
    assert "damaged" in found.note
    assert (found.pixels[:50] == noise[:50, :, ::-1]).all()


def test_what_takes_more_memory_has_a_lower_cap() -> None:
    data = bytearray(tiff([RGB.astype("<f4") / 255], 2, 3))
    for tag, before in ((256, 32), (257, 24)):
        field = tag.to_bytes(2, "little") + b"\x04\0\x01\0\0\0"
        place = data.index(field) + len(field)
        assert int.from_bytes(data[place : place + 4], "little") == before
        data[place : place + 4] = (8500).to_bytes(4, "little")
    with pytest.raises(ImageProblem, match="more than the 66 megapixels"):
        decode(bytes(data))
