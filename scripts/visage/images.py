"""Photographs as arrays: upright, eight bits, BGR, whatever the file was."""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Pixels = NDArray[np.uint8]

# A photograph of 200 megapixels takes 600 MB as an array; anything larger is taken for a
# decompression bomb. Pillow's own limit (89 MP warns, 179 MP raises) is replaced by this one.
MAX_PIXELS = 200_000_000
Image.MAX_IMAGE_PIXELS = None

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


class ImageProblem(Exception):
    """Why an image gives no array: `status` as in `visage.tables.STATUSES`, and a sentence."""

    def __init__(self, status: str, reason: str) -> None:
        """Keep both; the message is the sentence."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Photograph:
    """A decoded image."""

    pixels: Pixels  # (height, width, 3) uint8, BGR, upright

    @property
    def width(self) -> int:
        """Width of the upright image in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height of the upright image in pixels."""
        return int(self.pixels.shape[0])


def decode(data: bytes, max_pixels: int = MAX_PIXELS) -> Photograph:
    """Decode the bytes of an image file.

    EXIF rotation is applied; grey, palette, CMYK and 16-bit images become 8-bit colour; what is
    transparent is laid on white, as a browser shows it; of an animation the first picture counts.
    More than `max_pixels` are refused before anything is unpacked.

    Raises:
        ImageProblem: `unreadable` or `too_large`, with the reason.
    """
    if not data:
        raise ImageProblem("unreadable", "the file is empty (0 bytes)")
    try:
        with warnings.catch_warnings():
            # Odd metadata in otherwise good photographs; what matters raises.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(*image.size, max_pixels)
                image = ImageOps.exif_transpose(image)
                rgb = np.asarray(_to_rgb(image))
    except ImageProblem:
        raise
    except UnidentifiedImageError as error:
        raise ImageProblem(
            "unreadable", "the file is not an image of a known format (JPEG, PNG, WebP, BMP, TIFF)"
        ) from error
    except MemoryError as error:
        raise ImageProblem("too_large", "there is not enough memory for this image") from error
    except Exception as error:  # noqa: BLE001 - decoders raise anything on hostile bytes
        raise ImageProblem("unreadable", f"the file is damaged: {error}") from error
    return Photograph(np.ascontiguousarray(rgb[:, :, ::-1]))


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
    return image.convert("RGB")


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
