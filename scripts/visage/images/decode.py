"""Photographs as arrays: upright, eight bits, BGR, whatever the file was."""

import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from visage.types import Pixels

# A photograph of 200 megapixels takes 600 MB as an array; anything larger is taken for a
# decompression bomb.
MAX_PIXELS = 200_000_000

_ORIENTATION = 0x0112  # EXIF tag
_ON_ITS_SIDE = (5, 6, 7, 8)  # its values for images turned by 90 degrees

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


class ImageProblem(Exception):
    """Why an image gives no array: `status` as in `store.tables.STATUSES`, and a sentence."""

    def __init__(self, status: str, reason: str) -> None:
        """Keep both; the message is the sentence."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Photograph:
    """A decoded image."""

    pixels: Pixels  # (height, width, 3) uint8, BGR, upright; possibly reduced
    width: int  # of the upright image as it is, pixels
    height: int

    @property
    def reduced(self) -> bool:
        """Whether there are fewer `pixels` than the image has."""
        return self.pixels.shape[:2] != (self.height, self.width)


def decode(data: bytes, max_pixels: int = MAX_PIXELS, enough: int | None = None) -> Photograph:
    """Decode the bytes of an image file.

    EXIF rotation is applied; grey, palette, CMYK and 16-bit images become 8-bit colour; what is
    transparent is laid on white, as a browser shows it; of an animation the first picture counts.
    More than `max_pixels` are refused before anything is unpacked.

    With `enough`, a JPEG whose longer side has at least twice as many pixels is decoded at a half,
    a quarter or an eighth of its size, at which the longer side still has `enough`: that skips most
    of the work of decoding.

    Raises:
        ImageProblem: `unreadable` or `too_large`, with the reason.
    """
    if not data:
        raise ImageProblem("unreadable", "the file is empty (0 bytes)")
    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit (89 MP warns, 179 MP raises): ours counts
    try:
        with warnings.catch_warnings():
            # Odd metadata in otherwise good photographs; what matters raises.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
                _check_size(width, height, max_pixels)
                if enough:
                    _reduce(image, enough)
                turned = image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE
                ImageOps.exif_transpose(image, in_place=True)  # a copy only where it is turned
                rgb = np.asarray(_to_rgb(image))
    except ImageProblem:
        raise
    except UnidentifiedImageError as error:
        raise ImageProblem(
            "unreadable", "the file is not an image of a known format (JPEG, PNG, WebP, BMP, TIFF)"
        ) from error
    except MemoryError as error:
        raise ImageProblem("too_large", "there is not enough memory for this image") from error
    except Exception as error:  # decoders raise anything on hostile bytes
        raise ImageProblem("unreadable", f"the file is damaged: {error}") from error
    pixels = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    return Photograph(pixels, *((height, width) if turned else (width, height)))


def _reduce(image: Image.Image, enough: int) -> None:
    """Have a JPEG decoded smaller, by the scaling that its cosine transform gives for free."""
    factor = enough / max(image.size)
    if factor < 1:
        image.draft(None, (int(image.size[0] * factor), int(image.size[1] * factor)))


def _check_size(width: int, height: int, limit: int) -> None:
    if width * height > limit:
        raise ImageProblem(
            "too_large",
            f"{width} x {height} pixels are more than the {limit // 1_000_000} megapixels "
            "that are read, as a guard against decompression bombs",
        )
    if width < 1 or height < 1:
        raise ImageProblem("unreadable", f"the image has {width} x {height} pixels")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        image = _to_eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")  # the same mode: a copy


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Scale grey of 16 or 32 bits or floating point; Pillow itself would clip it at 255."""
    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all():
        raise ImageProblem("unreadable", "the image has values that are not numbers")
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < values.max() <= 65535):
        values = values / 257.0  # 65535 / 257 = 255
    elif values.max() <= 1.0 and values.min() >= 0.0:
        values = values * 255.0
    elif values.max() > 255.0 or values.min() < 0.0:
        span = values.max() - values.min()
        values = (values - values.min()) * (255.0 / span)
    return Image.fromarray(np.rint(values).astype(np.uint8))
