"""Images that mean harm, or that a broken camera, disk or program might leave. Always the same."""

import io
import random
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from dng import dng, tiff
from PIL import Image


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    channels = {"RGB": 3, "RGBA": 4, "CMYK": 4, "L": 1}[mode]
    generator = np.random.default_rng(width * height)
    pixels = generator.integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(pixels.squeeze() if channels == 1 else pixels, mode)


def good() -> dict[str, bytes]:
    """One of each kind that the workflow reads, all decodable."""
    rgb, rgba, grey = _noise(64, 48), _noise(64, 48, "RGBA"), _noise(64, 48, "L")
    deep = Image.fromarray(np.arange(64 * 48, dtype=np.uint16).reshape(48, 64) * 20)
    frames = {"save_all": True, "append_images": [_noise(64, 48).rotate(90), grey.convert("RGB")]}
    exif = Image.Exif()
    exif[0x0112] = 6
    return {
        "plain.jpg": _encoded(rgb, "JPEG", exif=exif, icc_profile=b"\0" * 200),
        "progressive.jpg": _encoded(rgb, "JPEG", progressive=True),
        "cmyk.jpg": _encoded(_noise(64, 48, "CMYK"), "JPEG"),
        "grey.jpg": _encoded(grey, "JPEG"),
        "plain.png": _encoded(rgb, "PNG"),
        "alpha.png": _encoded(rgba, "PNG"),
        "palette.png": _encoded(rgb.quantize(16), "PNG", transparency=3),
        "deep.png": _encoded(deep, "PNG"),
        "bits.png": _encoded(grey.convert("1"), "PNG"),
        "animated.png": _encoded(rgb, "PNG", **frames),
        "lossy.webp": _encoded(rgb, "WEBP"),
        "lossless.webp": _encoded(rgba, "WEBP", lossless=True),
        "animated.webp": _encoded(rgb, "WEBP", **frames),
        "plain.tif": _encoded(rgb, "TIFF"),
        "lzw.tif": _encoded(rgb, "TIFF", compression="tiff_lzw"),
        "deflate.tif": _encoded(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "jpeg.tif": _encoded(rgb, "TIFF", compression="jpeg"),
        "pages.tif": _encoded(rgb, "TIFF", **frames),
        "float.tif": _encoded(
            Image.fromarray(np.linspace(-5, 9, 3072, dtype="f4").reshape(48, 64)), "TIFF"
        ),
        "cmyk.tif": _encoded(_noise(64, 48, "CMYK"), "TIFF"),
        "plain.bmp": _encoded(rgb, "BMP"),
        "plain.gif": _encoded(rgb, "GIF"),
        "animated.gif": _encoded(rgb, "GIF", **frames),
        "plain.avif": _encoded(rgb, "AVIF"),
        "animated.avif": _encoded(rgb, "AVIF", **frames),
        "plain.jp2": _encoded(rgb, "JPEG2000"),
        "plain.ppm": _encoded(rgb, "PPM"),
        "plain.tga": _encoded(rgb, "TGA"),
        "codestream.j2k": _encoded(rgb, "JPEG2000", no_jp2=True),
        "two.mpo": _encoded(_noise(64, 48), "MPO", save_all=True, append_images=[_noise(48, 64)]),
        "large-file.tif": _encoded(rgb, "TIFF", big_tiff=True),
        "colours-of-32-bits.tif": tiff([np.asarray(rgb, "<f4") / 255], 2, 3),
        "planes-of-16-bits.tif": tiff([np.asarray(grey, "<u2")] * 3, 2),
        "turned.jp2": _encoded(rgb, "JPEG2000") + _box(b"JpgTiffExif->JP2" + exif.tobytes()[6:]),
        "exif-at-the-end.png": _exif_at_the_end(_encoded(rgb, "PNG"), exif.tobytes()[6:]),
        "masked.tif": _encoded(rgba, "TIFF", **frames),
        **_by_others(rgb),
        "1x1.png": _encoded(_noise(1, 1), "PNG"),
        "1x1.jpg": _encoded(_noise(1, 1), "JPEG"),
        "1x1.webp": _encoded(_noise(1, 1), "WEBP"),
        "wide.png": _encoded(Image.new("RGB", (60_000, 10), "grey"), "PNG"),
        "tall.jpg": _encoded(Image.new("RGB", (10, 60_000), "grey"), "JPEG"),
    }


def _box(body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), b"uuid") + body


def _exif_at_the_end(png: bytes, exif: bytes) -> bytes:
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif
    return png[:-12] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + png[-12:]


def _by_others(image: Image.Image) -> dict[str, bytes]:
    """Give what Pillow does not write, where there is somebody who does and who reads it."""
    made = {"preview.dng": dng(image)} if find_spec("rawpy") else {}
    if shutil.which("heif-enc"):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "a.png"), Path(folder, "a.heic")
            image.save(source)
            subprocess.run(["heif-enc", source, "-o", target], check=True, capture_output=True)
            made["plain.heic"] = target.read_bytes()
    return made


def _png(width: int, height: int, data: bytes, colour: int = 2, depth: int = 8) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def largest() -> bytes:
    """Give a sound PNG of just under the cap: 588 MB of black in half a megabyte."""
    packer, side = zlib.compressobj(9), 14_000
    row = bytes(1 + 3 * side)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _png(side, side, data)


def _tiff(*entries: tuple[int, int, int, int]) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (
        b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + struct.pack("<I", 8)
    )  # in circles


def evil() -> dict[str, bytes]:
    """Files that promise more than they hold, or hold something else."""
    huge = 0xFFFF_FFFF
    samples = good()
    return {
        "bomb-header.png": _png(100_000, 100_000, b""),
        "bomb-real.png": _png(30_000, 30_000, zlib.compress(b"\0" * (1 << 26), 9)),
        "bomb-just-allowed.png": _png(14_000, 14_000, zlib.compress(bytes(1 << 20), 9)),
        "bomb-text.png": samples["plain.png"][:33]
        + struct.pack(">I", 70_000)
        + b"zTXt"
        + b"a\0\0"
        + zlib.compress(b"\0" * (1 << 26))[:69_997]
        + bytes(4),
        "negative.png": _png(0x8000_0001, 0x8000_0001, b""),
        "nothing.png": _png(0, 0, b""),
        "odd-depth.png": _png(4, 4, zlib.compress(bytes(99)), 6, 3),
        "circle.tif": _tiff((256, 4, 1, 9), (257, 4, 1, 9), (273, 4, 1, 8), (279, 4, 1, huge)),
        "strips.tif": _tiff(
            (256, 4, 1, 1 << 20), (257, 4, 1, 100), (273, 4, huge, 8), (259, 3, 1, 5)
        ),
        "huge.tif": _tiff((256, 4, 1, huge), (257, 4, 1, huge), (262, 3, 1, 2)),
        "sixteen.webp": b"RIFF\x0c\0\0\0WEBPVP8L\0\0\0\0",
        "vp8x.webp": b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\xff\0\0\0\xff\xff\xff\xff\xff\xff",
        "huge.bmp": b"BM"
        + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 99_999, -99_999, 1, 24, *[0] * 6),
        "rle.bmp": b"BM"
        + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 9999, 9999, 1, 8, 1, *[0] * 5)
        + b"\0\2\xff\xff" * 9,
        "picture.jpg": b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
        "page.jpg": b"<!doctype html><title>404</title>",
        "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "archive.jpg": b"PK\3\4" + bytes(100),
        "empty.jpg": b"",
        "zeros.png": bytes(5000),
        "begins.jpg": samples["plain.jpg"][:4],
        "comments.jpg": b"\xff\xd8" + b"\xff\xfe\xff\xff" + b"x" * 65_533,
        "segments.jpg": b"\xff\xd8" + b"\xff\xfe\0\2" * 20_000,
        "polyglot.jpg": samples["plain.jpg"] + b"PK\3\4" + samples["plain.png"],
        "two-sizes.jpg": samples["plain.jpg"][:-2] + samples["progressive.jpg"],
    }


def fuzzed(number: int) -> Iterator[tuple[str, bytes]]:
    """Give good files damaged at random: flipped, cut, overwritten, spliced, blown up."""
    samples = sorted((name, data) for name, data in good().items() if len(data) < 30_000)
    for count in range(number):
        chance = random.Random(count)
        name, data = samples[count % len(samples)]
        broken = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8, 40))):
            # Headers decide the most, so half of the damage is done there.
            place = chance.randrange(min(len(broken), chance.choice((64, len(broken)))))
            match chance.randrange(6):
                case 0:
                    broken[place] ^= 1 << chance.randrange(8)
                case 1:
                    broken[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
                case 2:
                    broken[place : place + 4] = chance.choice(
                        (b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff")
                    )
                case 3:
                    del broken[place : place + chance.randrange(1, 200)]
                case 4:
                    other = chance.choice(samples)[1]
                    broken[place:place] = other[: chance.randrange(1, 500)]
                case 5:
                    broken = broken[: max(place, 8)]
            if len(broken) < 8:
                break
        stem, _, suffix = name.partition(".")
        yield f"{count:04}-{stem}.{suffix}", bytes(broken)
