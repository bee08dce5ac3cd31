"""HEIF, AVIF and JPEG 2000: files of boxes, and the EXIF in them as far as it turns a picture.

HEIF and AVIF say in boxes of their own (`irot`, `imir`) how a picture is turned, and their readers
obey that; EXIF, which says it again, does not count then. Where there is no such box, as in what
`heif-enc` makes of a JPEG, EXIF alone says it. Of JPEG 2000's EXIF Pillow knows nothing.
"""

import re
from importlib import import_module
from typing import BinaryIO

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

# EXIF begins as a TIFF does: in HEIF behind an offset, in JPEG 2000 behind its box's name.
_EXIF = re.compile(rb"(?:Exif\0\0|\0\0\0\0|JpgTiffExif->JP2)(?=II\*\0\x08\0\0\0|MM\0\*\0\0\0\x08)")
_MOST = 1 << 16  # bytes of EXIF in which its first directory lies
_PIXELS = b"mdat"  # the box before which, as a rule, all that is said of them stands


def open_avif(file: BinaryIO) -> Image.Image:
    """Open an AVIF."""
    return _turned_by_exif(AvifImageFile(file), file)


def open_heif(file: BinaryIO) -> Image.Image:
    """Open a HEIF; its reader is imported here, as not everybody has it."""
    return _turned_by_exif(import_module("pi_heif").HeifImageFile(file), file)


def open_jpeg2000(file: BinaryIO) -> Image.Image:
    """Open a JPEG 2000."""
    return _turned_by_exif(Jpeg2KImageFile(file), file)


def _turned_by_exif(image: Image.Image, file: BinaryIO) -> Image.Image:
    """Keep a file's EXIF with its picture, unless a box of its own says how that is turned."""
    place = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(place)
    found = _EXIF.search(data)
    if found and not _turned_by_box(data):
        image.info["exif"] = b"Exif\0\0" + data[found.end() : found.end() + _MOST]
    return image


def _turned_by_box(data: bytes) -> bool:
    said, _, _ = data.partition(_PIXELS)
    boxes = said if b"iprp" in said else data
    return b"irot" in boxes or b"imir" in boxes
