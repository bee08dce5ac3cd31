"""PNG, with what stands behind its pixels: exiftool writes XMP there, and EXIF may be, too."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from PIL.PngImagePlugin import PngImageFile

_BEGIN = 8  # bytes of the signature, before the first chunk
_TOLD = (b"eXIf", b"iTXt", b"tEXt", b"zTXt")


def open_png(file: BinaryIO) -> PngImageFile:
    """Open a PNG; Pillow alone would learn of these chunks when it has decoded the pixels."""
    image = PngImageFile(file)
    place = file.tell()
    # A damaged end tells nothing; decoding says that it is one.
    with suppress(OSError, ValueError, SyntaxError):
        for kind, start, length in _behind_pixels(file):
            file.seek(start)
            if image.png is not None:
                image.png.call(kind, start, length)
    file.seek(place)
    return image


def _behind_pixels(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Give the kind, place and length of chunks that tell of the picture, behind its pixels."""
    place, pixels = _BEGIN, False
    while True:
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        pixels = pixels or kind == b"IDAT"
        if pixels and kind in _TOLD:
            yield kind, place + 8, length
        place += length + 12  # with its length, kind and checksum
