"""From whatever Pillow decoded to upright colour of eight bits, a band of lines at a time.

A picture of 200 megapixels takes 0.8 GB in Pillow and 0.6 GB as an array. Converted as a whole,
each step would take as much again: bands keep it at that.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from visage.types import Pixels

_BAND = 1 << 20  # pixels converted at a time: some 15 MB
# Of floating-point pictures, in which 1 is white and lights are more.
_BRIGHTEST = 32.0
_SEE_THROUGH = ("RGBA", "LA", "PA", "RGBa", "La")

ORIENTATION = 0x0112  # the tag of EXIF, and of TIFF
ON_ITS_SIDE = (5, 6, 7, 8)  # its values for pictures turned by 90 degrees
# What an EXIF orientation (2 to 8) asks for: mirrored left to right first, then turned.
_MIRRORED = (2, 4, 5, 7)
_TURNS = {
    3: cv2.ROTATE_180,
    4: cv2.ROTATE_180,
    5: cv2.ROTATE_90_COUNTERCLOCKWISE,
    6: cv2.ROTATE_90_CLOCKWISE,
    7: cv2.ROTATE_90_CLOCKWISE,
    8: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class NotNumbers(ValueError):
    """A picture of floating-point values some of which are none."""


def to_bgr(image: Image.Image) -> Pixels:
    """Give a loaded picture as (height, width, 3) uint8, BGR; what is transparent lies on white.

    Raises:
        NotNumbers: It has values that are not finite.
    """
    convert = _deep(image) if image.mode.startswith(("I", "F")) else _rgb
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in _bands(image):
        rgb = np.ascontiguousarray(convert(band))
        cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR, dst=pixels[top : top + band.height])
    return pixels


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turn and mirror as the EXIF tag 274 asks."""
    if orientation in _MIRRORED:
        pixels = cv2.flip(pixels, 1)
    return cv2.rotate(pixels, _TURNS[orientation]) if orientation in _TURNS else pixels


def is_blank(image: Image.Image) -> bool:
    """Tell whether a picture is all but one colour, as a film's first one often is."""
    small = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BOX)).astype(int)
    return bool(np.ptp(small.reshape(-1, 3), axis=0).max() <= 16)


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    lines = max(1, _BAND // image.width)
    if lines >= image.height:
        yield 0, image
        return
    for top in range(0, image.height, lines):
        yield top, image.crop((0, top, image.width, min(image.height, top + lines)))


def _rgb(band: Image.Image) -> NDArray[np.uint8]:
    if band.mode in _SEE_THROUGH or "transparency" in band.info:
        rgba = band.convert("RGBA")
        band = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))


def _deep(image: Image.Image) -> Callable[[Image.Image], NDArray[np.uint8]]:
    """Scale grey of 16 or 32 bits or floating point; Pillow itself would clip it at 255."""
    ends = [_ends(np.asarray(band)) for _, band in _bands(image)]
    lowest, highest = _finite(min(low for low, _ in ends), max(high for _, high in ends))
    floor, factor = _scale(image.mode, lowest, highest)

    def convert(band: Image.Image) -> NDArray[np.uint8]:
        grey = _rounded((np.asarray(band).astype(np.float64) - floor) * factor)
        return np.repeat(grey[:, :, None], 3, axis=2)

    return convert


def eight_bits(values: NDArray) -> NDArray[np.uint8]:
    """Scale whole or floating-point numbers of any size to 0 to 255.

    Args:
        values: (height, width) or (height, width, channels).

    Raises:
        NotNumbers: Some are not finite.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "u":
        floor, factor = 0.0, 255 / float(np.iinfo(values.dtype).max)
    else:
        floor, factor = _scale("F", *_finite(*_ends(values)))
    scaled = np.empty(values.shape, np.uint8)
    lines = max(1, _BAND // values.shape[1])
    for top in range(0, len(values), lines):
        band = values[top : top + lines].astype(np.float64)
        scaled[top : top + lines] = _rounded((band - floor) * factor)
    return scaled


def _rounded(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.rint(np.minimum(values, 255.0)).astype(np.uint8)


def _finite(lowest: float, highest: float) -> tuple[float, float]:
    if not np.isfinite([lowest, highest]).all():
        raise NotNumbers("the image has values that are not numbers")
    return lowest, highest


def _ends(values: NDArray) -> tuple[float, float]:
    return float(values.min()), float(values.max())  # NaN where any value is


def _scale(mode: str, lowest: float, highest: float) -> tuple[float, float]:
    """Give what to take off and what to multiply by to come to 0 to 255; more is white."""
    if mode.startswith("I;16") or (mode == "I" and 255 < highest <= 65535):
        return 0.0, 255 / 65535
    if lowest >= 0.0 and highest <= (_BRIGHTEST if mode == "F" else 1.0):
        return 0.0, 255.0
    if highest > 255.0 or lowest < 0.0:
        return lowest, 255.0 / (highest - lowest)
    return 0.0, 1.0
