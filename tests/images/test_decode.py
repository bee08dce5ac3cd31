import io
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from visage.formats import by_suffix
from visage.images.decode import MAX_MEMORY, ImageProblem, count_pages, decode, size_of
from visage.images.parts import page, tile
from visage.images.pixels import to_bgr


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
        b"<svg xmlns='http://www.w3.org/2000/svg'/>": ("unreadable", "a drawing"),
        b"%PDF-1.7": ("unreadable", "a PDF"),
        photograph[:200]: ("unreadable", "damaged"),
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


INVERSE = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose the tag undoes


def picture() -> Image.Image:
    """A picture whose every corner differs, large enough for any codec: 80 x 48."""
    return quadrants().resize((80, 48), Image.Resampling.NEAREST)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("tag", range(1, 9))
def test_every_orientation_gives_the_same_picture(kind: str, tag: int) -> None:
    """A TIFF's is obeyed by Pillow itself, which once exchanged width and height."""
    exif = Image.Exif()
    exif[0x0112] = tag
    operation = INVERSE[tag]
    stored = picture() if operation is None else picture().transpose(Image.Transpose(operation))
    photograph = decode(encoded(stored, kind, exif=exif, quality=95))
    assert (photograph.width, photograph.height) == (80, 48)
    expected = np.asarray(picture())[:, :, ::-1].astype(int)
    inside = np.s_[4:20, 4:36]  # away from the edges of colours
    assert np.abs(photograph.pixels[inside].astype(int) - expected[inside]).max() <= 12


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_orientation_in_xmp_alone_turns_nothing(kind: str) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6"/></x:xmpmeta>'
    if kind == "PNG":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        data = encoded(picture(), kind, pnginfo=info)
    elif kind == "TIFF":
        data = encoded(picture(), kind, tiffinfo={700: xmp})
    else:
        data = encoded(picture(), kind, xmp=xmp)
    assert b"tiff:Orientation" in data
    assert (decode(data).width, decode(data).height) == (80, 48)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_damaged_jpeg_gives_what_is_there_and_says_so(options: dict) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    data = encoded(Image.fromarray(noise), "JPEG", quality=80, **options)
    whole = decode(data).pixels.astype(int)
    short = decode(data[:-2])
    assert "damaged" in short.note
    assert np.abs(short.pixels - whole).mean() < 1
    half = decode(data[: len(data) * 3 // 4])
    assert (half.width, half.height) == (300, 200)
    assert np.abs(half.pixels[:80].astype(int) - whole[:80]).mean() < 40


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_other_damaged_files_give_their_first_lines(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    found = decode(data[: len(data) * 3 // 4])
    assert "damaged" in found.note
    there = np.s_[100:] if kind == "BMP" else np.s_[:100]  # a BMP begins with its last line
    assert (found.pixels[there] == noise[there][:, :, ::-1]).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_that_starts_black_gives_its_first_picture_that_does_not(kind: str) -> None:
    black = Image.new("RGB", (80, 48))
    data = encoded(black, kind, save_all=True, append_images=[black, picture()], duration=100)
    photograph = decode(data)
    assert photograph.pixels[4, 4].argmax() == 2
    assert "of an animation of" in photograph.note
    all_black = encoded(black, kind, save_all=True, append_images=[Image.new("RGB", (80, 48), 5)])
    assert decode(all_black).pixels.max() <= 30


def test_pages_of_a_tiff_but_not_its_thumbnails_are_pictures_of_their_own() -> None:
    white = Image.new("RGB", (30, 20), "white")
    data = encoded(white, "TIFF", save_all=True, append_images=[picture()])
    first, second = decode(data), decode(data, part=page(2))
    assert (first.pages, second.pages) == (2, 2)
    assert (first.width, second.width) == (30, 80)
    assert second.pixels[4, 4].argmax() == 2
    assert second.note == "page 2 of 2"
    assert (count_pages(data), count_pages(data[:100]), count_pages(b"")) == (2, 1, 1)


def test_a_tile_is_cut_out_of_its_sheet_and_one_outside_of_it_is_said() -> None:
    sheet = encoded(quadrants(), "PNG")
    found = decode(sheet, part=tile((20, 0, 20, 10)))
    assert (found.width, found.height) == (20, 10)
    assert (found.pixels == (0, 255, 0)).all()
    assert decode(sheet, part=tile((30, 15, 20, 10))).pixels.shape == (5, 10, 3)  # at the edge
    with pytest.raises(ImageProblem, match="no pixel of its sheet"):
        decode(sheet, part=tile((40, 0, 20, 10)))
    assert size_of(sheet) == (40, 20)
    assert size_of(b"nothing") == (0, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "I;16", "F"])
def test_large_pictures_are_converted_in_bands_that_fit(mode: str) -> None:
    """Deep grey is scaled by the whole picture's range, not by each band's."""
    ramp = np.linspace(-3, 9, 3000 * 2000, dtype=np.float32).reshape(3000, 2000)
    if mode == "F":
        image = Image.fromarray(ramp)
    elif mode == "I;16":
        image = Image.fromarray(((ramp + 3) * 5461).astype(np.uint16))
    else:
        image = Image.fromarray(((ramp + 3) * 21).astype(np.uint8)).convert(mode)
    found = to_bgr(image)
    assert found.shape == (3000, 2000, 3)
    assert found[0, 0, 0] <= 1
    assert found[-1, -1, 0] >= 251
    assert (np.diff(found[:, 0, 0].astype(int)) >= 0).all()


def test_what_needs_more_memory_a_pixel_has_a_lower_cap() -> None:
    row = by_suffix(".jp2")
    assert row
    side = int((MAX_MEMORY // row.memory) ** 0.5) + 1
    data = bytearray(encoded(Image.new("L", (8, 8)), "JPEG2000"))
    place = data.index(b"ihdr") + 4
    data[place : place + 8] = struct.pack(">II", side, side)
    place = data.index(b"\xff\x51") + 6
    data[place : place + 8] = struct.pack(">II", side, side)
    with pytest.raises(ImageProblem, match="megapixels") as caught:
        decode(bytes(data))
    assert caught.value.status == "too_large"


def test_memory_that_runs_out_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("visage.images.decode.to_bgr", fail)
    with pytest.raises(ImageProblem, match="not enough memory") as caught:
        decode(encoded(picture(), "PNG"))
    assert not caught.value.lasting


def test_heic_is_read_upright(tmp_path: Path) -> None:
    """An iPhone turns its pictures by a box of the container; EXIF repeats it."""
    if shutil.which("heif-enc") is None:
        pytest.skip("heif-enc is not installed (Debian: libheif-examples)")
    picture().save(tmp_path / "a.png")
    subprocess.run(["heif-enc", "-q", "95", "a.png", "-o", "a.heic"], cwd=tmp_path, check=True)
    photograph = decode((tmp_path / "a.heic").read_bytes())
    assert photograph.format.name == "HEIF"
    assert (photograph.width, photograph.height) == (80, 48)
    assert photograph.pixels[6, 6].argmax() == 2
