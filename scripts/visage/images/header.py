"""What the beginning of an image file tells: how it is turned, and the XMP inside it."""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from visage.formats import HEAD, by_content, by_suffix
from visage.images.decode import orientation_of
from visage.images.pixels import ORIENTATION

_XMP = 700  # TIFF tag
# XMP beyond the 64 kB of a JPEG's segment (XMP specification, part 3, 1.1.3.1): the packet names
# the rest, in segments of their own: this, the name, length of the whole, offset of the part.
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_NAME = re.compile(rb"HasExtendedXMP\s*(?:=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")


@dataclass(frozen=True)
class Header:
    """What is known of an image without decoding it."""

    orientation: int = 1  # by EXIF, 1 to 8; of a picture that is given upright already, 1
    xmp: bytes | None = None
    xmp_extension: bytes | None = None  # what has no room in `xmp`: a packet of its own
    fault: str = ""  # why that is not here


def read_header(path: Path) -> Header:
    """Read the beginning of the image file `path`; of a kind that is not read it tells nothing.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is damaged.
    """
    with path.open("rb") as file:
        found = by_content(file.read(HEAD)) or by_suffix(path.suffix)
        if found is None or not found.read:
            return Header()
        module, name = found.reader.split(":")
        file.seek(0)
        try:
            image: Image.Image = getattr(import_module(module), name)(file)
            return _header(image)
        except OSError:
            raise
        except Exception as error:  # decoders raise anything on hostile bytes
            raise ValueError(f"the file is damaged: {error}") from error


def _header(image: Image.Image) -> Header:
    packet = image.info.get("xmp")
    if isinstance(image, TiffImageFile):
        tags = image.tag_v2
        orientation = tags.get(ORIENTATION, 1)
        packet = packet or tags.get(_XMP)
    else:
        orientation, _ = orientation_of(image)
    if isinstance(packet, str):
        packet = packet.encode()
    known = orientation if orientation in range(1, 9) else 1
    if not packet:
        return Header(known)
    packet = bytes(packet)
    extension, fault = _extension(image, packet)
    return Header(known, packet, extension, fault)


def _extension(image: Image.Image, packet: bytes) -> tuple[bytes | None, str]:
    """Join the parts of what a packet says is elsewhere; or say why that cannot be."""
    named = _NAME.search(packet)
    if named is None or not isinstance(image, JpegImageFile):
        return None, ""
    begin = _EXTENSION + named[1]
    fields = len(begin) + 8
    parts: dict[int, bytes] = {}
    whole = 0
    for kind, data in image.applist:
        if kind == "APP1" and data.startswith(begin) and len(data) > fields:
            whole = int.from_bytes(data[len(begin) : len(begin) + 4])
            parts[int.from_bytes(data[len(begin) + 4 : fields])] = data[fields:]
    joined = b""
    for start in sorted(parts):
        if start != len(joined):
            break
        joined += parts[start]
    if not joined or len(joined) != whole:
        return None, f"{len(joined):,} of {whole:,} bytes of its extension are there"
    return joined, ""
