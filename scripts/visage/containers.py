"""What the containers of pictures say of themselves in their first bytes.

The Snakefile imports this module, so it needs the standard library only.
"""

import struct
from collections.abc import Iterator


def is_of_a_camera(data: bytes) -> bool:
    """Tell whether a TIFF is a camera's raw file: a sensor's pixels, or a preview before them.

    Tags: 50706 DNGVersion; 262 PhotometricInterpretation 32803 (a sensor's colour filters) and
    34892 (linear raw); 254 NewSubfileType 1 (a reduced picture) with 330 SubIFDs (TIFF/EP).
    """
    tags = dict(_first_tags(data))
    sensor = tags.get(262) in (32803, 34892)
    return 50706 in tags or sensor or (330 in tags and tags.get(254) == 1)


def _first_tags(data: bytes) -> Iterator[tuple[int, int]]:
    """Give the tags of a TIFF's first directory, each with its first value or offset."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (place,) = struct.unpack_from(f"{order}I", data, 4)
        (number,) = struct.unpack_from(f"{order}H", data, place)
        for entry in range(place + 2, place + 2 + 12 * number, 12):
            tag, kind = struct.unpack_from(f"{order}HH", data, entry)
            (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, entry + 8)
            yield tag, value
    except struct.error:
        return


def riff_length(data: bytes) -> int:
    """Give the bytes that a RIFF file has by its own word."""
    return 8 + int.from_bytes(data[4:8], "little")


def box_length(data: bytes) -> int:
    """Give the bytes that a file of boxes has by their own word (ISO/IEC 14496-12, 4.2).

    A box that reaches to the end, and what is not of boxes, promises nothing: 0.
    """
    place = 0
    while place < len(data):
        size, body = int.from_bytes(data[place : place + 4]), 8
        if size == 1:
            size, body = int.from_bytes(data[place + 8 : place + 16]), 16
        if size < body:
            return 0
        place += size
    return place


def jpeg2000_length(data: bytes) -> int:
    """Give the bytes that a JPEG 2000 has by its own word; without boxes, that of its first tile.

    A codestream's marker SOT is followed by its own length, the tile's number, and the length of
    the tile with it (ISO/IEC 15444-1, A.4.2); the end has a marker, too.
    """
    if not data.startswith(b"\xff\x4f"):
        return box_length(data)
    place = data.find(b"\xff\x90\0\x0a")
    return place + int.from_bytes(data[place + 6 : place + 10]) + 2 if place >= 0 else 0
