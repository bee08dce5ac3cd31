"""What the beginning of an image file tells: how it is turned, and the XMP inside it."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from visage.formats import HEAD, by_content, by_suffix
from visage.images.decode import orientation_of

_ORIENTATION, _XMP = 0x0112, 700  # TIFF tags


@dataclass(frozen=True)
class Header:
    """What is known of an image without decoding it."""

    orientation: int = 1  # by EXIF, 1 to 8; of a picture that is given upright already, 1
    xmp: bytes | None = None


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
        orientation = tags.get(_ORIENTATION, 1)
        packet = packet or tags.get(_XMP)
    else:
        orientation, _ = orientation_of(image)
    if isinstance(packet, str):
        packet = packet.encode()
    known = orientation if orientation in range(1, 9) else 1
    return Header(known, bytes(packet) if packet else None)
