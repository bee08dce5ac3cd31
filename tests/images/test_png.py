"""What stands behind the pixels of a PNG is known before they are decoded."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from visage.images.decode import decode, size_of
from visage.images.header import read_header

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_the_rest_behind(exif: Image.Exif) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((80, 48)).save(file, "PNG", pnginfo=PngInfo())
    end = chunk(b"IEND", b"")
    late = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    late += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    return file.getvalue().removesuffix(end) + late + end


def test_exif_and_xmp_behind_the_pixels_count(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = with_the_rest_behind(exif)
    assert (decode(data).width, decode(data).height) == size_of(data) == (48, 80)
    (tmp_path / "a.png").write_bytes(data)
    header = read_header(tmp_path / "a.png")
    assert (header.orientation, header.xmp) == (6, XMP)
    assert decode(data[:-30]).pixels.shape == (80, 48, 3)  # cut within them
