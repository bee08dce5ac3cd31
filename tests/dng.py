"""Camera RAW files, and TIFFs of rare kinds, made up for tests."""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image

SHORT, LONG, RATIONAL, BYTE, ASCII = 3, 4, 5, 1, 2
_SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8}
Entry = tuple[int, int, Any]


def _packed(kind: int, values: Any) -> bytes:
    if kind in (BYTE, ASCII):
        return bytes(values)
    return struct.pack(f"<{len(values)}{'H' if kind == SHORT else 'I'}", *values)


def directory(entries: list[Entry], place: int) -> bytes:
    """Give a TIFF directory that begins at `place`, its longer values after it."""
    head, tail = struct.pack("<H", len(entries)), b""
    after = place + 2 + 12 * len(entries) + 4
    for tag, kind, values in sorted(entries):
        data = _packed(kind, values)
        count = len(data) // _SIZES[kind]
        if len(data) > 4:
            head += struct.pack("<HHII", tag, kind, count, after + len(tail))
            tail += data
        else:
            head += struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
    return head + bytes(4) + tail


def dng(preview: Image.Image, orientation: int = 1) -> bytes:
    """Give a DNG: a sensor of 64 x 48 pixels and a JPEG preview."""
    buffer = io.BytesIO()
    preview.save(buffer, "JPEG", quality=95)
    jpeg, width, height = buffer.getvalue(), 64, 48
    sensor = np.full((height, width), 20_000, "<u2").tobytes()
    jpeg_at = 8
    sensor_at = jpeg_at + len(jpeg) + len(jpeg) % 2
    raw_at = sensor_at + len(sensor)
    raw = directory(
        [
            *((254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16])),
            *((259, SHORT, [1]), (262, SHORT, [32803]), (273, LONG, [sensor_at])),
            *((277, SHORT, [1]), (278, LONG, [height]), (279, LONG, [len(sensor)])),
            *((33421, SHORT, [2, 2]), (33422, BYTE, [0, 1, 1, 2]), (50717, LONG, [65_535])),
        ],
        raw_at,
    )
    first_at = raw_at + len(raw)
    first = directory(
        [
            *((254, LONG, [1]), (256, LONG, [preview.width]), (257, LONG, [preview.height])),
            *((258, SHORT, [8, 8, 8]), (259, SHORT, [7]), (262, SHORT, [6])),
            *((271, ASCII, b"Made\0"), (272, ASCII, b"Up\0"), (273, LONG, [jpeg_at])),
            *((274, SHORT, [orientation]), (277, SHORT, [3]), (279, LONG, [len(jpeg)])),
            *((278, LONG, [preview.height]), (330, LONG, [raw_at])),
            *((50706, BYTE, [1, 4, 0, 0]), (50708, ASCII, b"Made Up\0")),
        ],
        first_at,
    )
    head = b"II*\0" + struct.pack("<I", first_at)
    return head + jpeg.ljust(sensor_at - jpeg_at, b"\0") + sensor + raw + first


def tiff(planes: list[np.ndarray], colours: int, kind: int = 1, **more: int) -> bytes:
    """Give a TIFF of kinds that Pillow does not write.

    Args:
        planes: (height, width[, samples]) numbers; several lie one behind the other.
        colours: PhotometricInterpretation.
        kind: SampleFormat: 1 whole, 2 with a sign, 3 floating point.
        more: `orientation`, tag 274.
    """
    height, width = planes[0].shape[:2]
    samples = sum(plane.shape[2] if plane.ndim == 3 else 1 for plane in planes)
    strips = [plane.tobytes() for plane in planes]
    places = [8 + sum(map(len, strips[:number])) for number in range(len(strips))]
    bits = [8 * planes[0].itemsize] * samples
    entries = [
        *((256, LONG, [width]), (257, LONG, [height]), (258, SHORT, bits), (259, SHORT, [1])),
        *((262, SHORT, [colours]), (273, LONG, places), (277, SHORT, [samples])),
        *((278, LONG, [height]), (279, LONG, [len(strip) for strip in strips])),
        *((284, SHORT, [2 if len(planes) > 1 else 1]), (339, SHORT, [kind] * samples)),
        (274, SHORT, [more.get("orientation", 1)]),
    ]
    at = 8 + sum(map(len, strips))
    return b"II*\0" + struct.pack("<I", at) + b"".join(strips) + directory(entries, at)
