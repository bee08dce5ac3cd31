"""Cameras' raw files, by the preview that every camera puts into them."""

import io
from typing import BinaryIO

import rawpy
from PIL import Image
from PIL.JpegImagePlugin import jpeg_factory

from visage.images.pixels import ORIENTATION

# LibRaw's `flip` (libraw_image_sizes_t) → the tag's value.
_OF_FLIP = {3: 3, 5: 8, 6: 6}


def open_preview(file: BinaryIO) -> Image.Image:
    """Open the largest embedded preview; where there is none, develop the file at half its size.

    Raises:
        rawpy.LibRawError: The file is damaged or of a camera that LibRaw does not know.
    """
    with rawpy.imread(file) as raw:
        try:
            preview = raw.extract_thumb()
        except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
            return Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True))
        image: Image.Image = (
            jpeg_factory(io.BytesIO(preview.data))
            if isinstance(preview.data, bytes)
            else Image.fromarray(preview.data)  # a bitmap
        )
        return _turned_as(raw.sizes.flip, image)


def _turned_as(flip: int, image: Image.Image) -> Image.Image:
    """Give a preview that does not say itself how it is to be turned the turn of its file."""
    own = Image.Exif()
    own.load(image.info.get("exif", b""))
    if ORIENTATION not in own and flip in _OF_FLIP:
        own[ORIENTATION] = _OF_FLIP[flip]
        image.info["exif"] = own.tobytes()
    return image
