"""TIFF, with the kinds of it that Pillow does not read, or reads as what they are not."""

import struct
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from visage.images.frames import NotRead
from visage.images.pixels import ON_ITS_SIDE, ORIENTATION, eight_bits
from visage.types import Pixels

# Tags, and what their values mean (TIFF 6.0; SampleFormat, section 19).
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS = 256, 257, 258, 259, 262
_STRIPS, _TILES, _SAMPLES, _PLANES, _KIND = 273, 324, 277, 284, 339
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _YCBCR = 0, 1, 2, 6
_DEEP = (_BLACK_IS_ZERO, _RGB)
_SHALLOW = (_WHITE_IS_ZERO, *_DEEP, _YCBCR)
_JPEG = (6, 7)
_KINDS = {1: "whole numbers", 2: "numbers with a sign", 3: "floating point"}
_MOST = 12  # bytes a pixel as it is stored
_OF_OPENCV = 24  # bytes a pixel that it takes at most for these: those, and a strip of them


class Tiff(TiffImageFile):
    """A TIFF, whose pages are read by OpenCV where Pillow would not, or wrongly."""

    _by_opencv = False

    @property
    def memory(self) -> int:
        """Bytes a pixel that decoding takes, where that is more than of other TIFFs; else 0."""
        return _OF_OPENCV if self._by_opencv else 0

    def _setup(self) -> None:
        """Learn how the pixels of the page that was sought are stored."""
        width, height = self.tag_v2.get(_WIDTH), self.tag_v2.get(_HEIGHT)
        if not isinstance(width, int) or not isinstance(height, int):
            raise SyntaxError("it does not say how large its picture is")
        self._by_opencv = _is_misread(self.tag_v2)
        if not self._by_opencv:
            try:
                super()._setup()
                return
            except SyntaxError:  # "unknown pixel mode"; or what says it is cut off
                if _BITS not in self.tag_v2 or not {_STRIPS, _TILES} & self.tag_v2.keys():
                    raise
                self._by_opencv = True
        turned = self.tag_v2.get(ORIENTATION) in ON_ITS_SIDE
        self._tile_size = width, height
        self._size = (height, width) if turned else (width, height)
        self._mode, self.tile = "RGB", []

    def load(self) -> Any:
        """Decode the page.

        Raises:
            NotRead: Nobody here reads pixels that are stored in this way.
        """
        if self._by_opencv and self._im is None:
            assert self.fp is not None
            self.fp.seek(0)
            data = _as_it_lies(self.fp.read())
            picture = Image.fromarray(_decoded(data, self.tell(), self.tag_v2))
            self._mode, self.im = picture.mode, picture.im
            self.load_end()  # turns it as the tag asks
        return super().load()


def _as_it_lies(data: bytes) -> bytes:
    """Give a file that asks for no turn, of which OpenCV obeys some, and some not."""
    order = "<" if data.startswith(b"II") else ">"
    field = struct.pack(f"{order}HHI", ORIENTATION, 3, 1)
    for value in range(2, 9):
        before, after = (struct.pack(f"{order}H", number) for number in (value, 1))
        data = data.replace(field + before, field + after)
    return data


def _first(tags: Any, tag: int, usual: int) -> int:
    value = tags.get(tag, usual)
    return int(value[0]) if isinstance(value, tuple) else int(value)


def _is_misread(tags: Any) -> bool:
    """Tell whether Pillow takes pixels for others, without a word."""
    bits, colours = _first(tags, _BITS, 1), tags.get(_COLOURS, 0)
    planes = tags.get(_PLANES, 1) == 2 and tags.get(_SAMPLES, 1) > 1
    return (
        (bits == 16 and (planes or colours == _WHITE_IS_ZERO))
        or (bits == 32 and _first(tags, _KIND, 1) == 1)
        or (colours == _YCBCR and tags.get(_COMPRESSION, 1) not in _JPEG)
    )


def _decoded(data: bytes, page: int, tags: Any) -> Pixels:
    """Give (height, width[, 3]) uint8 as it lies: grey or RGB, without what is transparent."""
    colours, bits, samples = tags.get(_COLOURS, 0), _first(tags, _BITS, 1), tags.get(_SAMPLES, 1)
    deep = bits > 16  # what is not, OpenCV itself brings to eight bits of colour
    values = None
    if (
        bits in (8, 16, 32, 64)
        and bits * samples <= 8 * _MOST
        and colours in (_DEEP if deep else _SHALLOW)
    ):
        values = _values(data, page, deep)
    if values is None:
        kind = _KINDS.get(_first(tags, _KIND, 1), "an unknown kind")
        raise NotRead(
            f"a TIFF whose pixels are stored in a way that is not read ({samples} x {bits} bits, "
            f"{kind}); export it with 8 or 16 bits"
        )
    pixels = eight_bits(values)
    del values  # up to `_MOST` bytes a pixel
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def _values(data: bytes, page: int, deep: bool) -> NDArray | None:
    kept = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR if deep else cv2.IMREAD_COLOR
    how = kept | cv2.IMREAD_IGNORE_ORIENTATION
    read, pages = cv2.imdecodemulti(np.frombuffer(data, np.uint8), how, range=(page, page + 1))
    return pages[0] if read and pages else None
