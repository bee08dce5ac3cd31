"""How pictures in files of boxes are turned: by their own boxes, or by EXIF where there is none."""

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from visage.images.decode import decode, size_of

SIZE = (80, 48)


def turned_by_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def encoded(kind: str, orientation: int = 1) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", SIZE, "red").save(file, kind, exif=turned_by_exif(orientation))
    return file.getvalue()


def avif(by_box: int, by_exif: int) -> bytes:
    """Give an AVIF; Pillow itself moves EXIF's orientation into a box."""
    exif, file, unit = turned_by_exif(by_box), io.BytesIO(), 0x0128
    exif[unit] = by_exif
    Image.new("RGB", SIZE).save(file, "AVIF", exif=exif)
    before, after = (struct.pack(">HH", tag, 3) for tag in (unit, 0x0112))
    assert file.getvalue().count(before) == 1
    return file.getvalue().replace(before, after)


def test_exif_turns_an_avif_that_does_not_say_it_itself() -> None:
    data = avif(by_box=1, by_exif=6)
    assert b"irot" not in data
    found = decode(data)
    assert (found.width, found.height) == size_of(data) == SIZE[::-1]


def test_a_box_stands_above_exif() -> None:
    data = avif(by_box=6, by_exif=3)
    assert b"irot" in data
    assert (decode(data).width, decode(data).height) == SIZE[::-1]


def test_exif_turns_a_jpeg_2000() -> None:
    exif = turned_by_exif(6).tobytes().removeprefix(b"Exif\0\0")
    body = b"JpgTiffExif->JP2" + exif
    data = encoded("JPEG2000") + struct.pack(">I4s", 8 + len(body), b"uuid") + body
    assert (decode(encoded("JPEG2000")).width, decode(data).width) == SIZE
    assert size_of(data) == SIZE[::-1]


@pytest.mark.skipif(shutil.which("heif-enc") is None, reason="there is no heif-enc")
def test_exif_turns_what_heif_enc_makes_of_a_turned_jpeg(tmp_path: Path) -> None:
    source, target = tmp_path / "a.jpg", tmp_path / "a.heic"
    source.write_bytes(encoded("JPEG", 6))
    subprocess.run(["heif-enc", source, "-o", target], check=True, capture_output=True)
    assert (decode(target.read_bytes()).width, decode(target.read_bytes()).height) == SIZE[::-1]
