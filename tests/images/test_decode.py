import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from visage.images.decode import ImageProblem, decode


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def quadrants() -> Image.Image:
    """Red upper left, green upper right, blue lower left, white lower right; 40 x 20."""
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 20, 10))
    image.paste((0, 255, 0), (20, 0, 40, 10))
    image.paste("blue", (0, 10, 20, 20))
    return image


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "JPEG"])
def test_colours_come_out_as_bgr(kind: str) -> None:
    options: dict[str, dict[str, object]] = {
        "WEBP": {"lossless": True},
        "JPEG": {"quality": 100, "subsampling": 0},
    }
    photograph = decode(encoded(quadrants(), kind, **options.get(kind, {})))
    assert (photograph.width, photograph.height) == (40, 20)
    for (y, x), bgr in {(4, 4): (0, 0, 255), (4, 34): (0, 255, 0), (15, 4): (255, 0, 0)}.items():
        assert np.abs(photograph.pixels[y, x].astype(int) - bgr).max() <= 3


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    photograph = decode(encoded(quadrants(), "JPEG", exif=exif, quality=95))
    assert (photograph.width, photograph.height) == (20, 40)
    assert photograph.pixels[4, 15].argmax() == 2  # red has moved to the upper right


def test_grey_palette_alpha_cmyk_and_sixteen_bits_keep_their_brightness() -> None:
    grey = Image.new("L", (8, 8), 100)
    assert (decode(encoded(grey, "PNG")).pixels == 100).all()
    palette = Image.new("RGB", (8, 8), (10, 20, 30)).quantize(4)
    assert tuple(decode(encoded(palette, "PNG")).pixels[0, 0]) == (30, 20, 10)
    half = Image.new("RGBA", (8, 8), (0, 0, 0, 128))
    assert abs(int(decode(encoded(half, "PNG")).pixels[0, 0, 0]) - 127) <= 1  # laid on white
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert decode(encoded(cmyk, "JPEG", quality=100)).pixels[4, 4].argmax() == 2
    deep = Image.fromarray(np.full((8, 8), 0x8080, np.uint16))
    assert (decode(encoded(deep, "PNG")).pixels == 128).all()
    assert (decode(encoded(deep, "TIFF")).pixels == 128).all()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 100,000 x 100,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return data + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


def test_what_cannot_be_decoded_says_why() -> None:
    photograph = encoded(quadrants().resize((400, 300)), "JPEG")
    cases = {
        b"": ("unreadable", "empty"),
        b"not an image at all": ("unreadable", "not an image"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>": ("unreadable", "not an image"),
        photograph[: len(photograph) // 2]: ("unreadable", "damaged"),
        bomb(): ("too_large", "megapixels"),
    }
    for data, (status, words) in cases.items():
        with pytest.raises(ImageProblem, match=words) as caught:
            decode(data)
        assert caught.value.status == status


def test_of_an_animation_the_first_picture_counts() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert tuple(decode(data).pixels[0, 0]) == (0, 0, 255)
