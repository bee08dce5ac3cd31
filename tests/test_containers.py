"""What containers say of themselves."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from dng import dng, tiff
from PIL import Image
from visage.containers import box_length, is_of_a_camera, jpeg2000_length, riff_length


@pytest.mark.parametrize(
    ("kind", "options", "length"),
    [
        ("WEBP", {}, riff_length),
        ("AVIF", {}, box_length),
        ("JPEG2000", {}, jpeg2000_length),
        ("JPEG2000", {"no_jp2": True}, jpeg2000_length),
    ],
)
def test_a_file_cut_short_says_how_long_it_was(kind: str, options: dict, length: Callable) -> None:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(file, kind, **options)
    data = file.getvalue()
    assert length(data) == length(data[: len(data) // 2]) == len(data)


def test_boxes_of_any_length() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 40) + bytes(24)
    assert box_length(large) == 40
    assert box_length(struct.pack(">I4s", 0, b"mdat") + bytes(9)) == 0  # to the end
    assert box_length(struct.pack(">I4s", 3, b"free")) == 0
    assert jpeg2000_length(b"\xff\x4f\xff\x51") == 0


def test_a_camera_is_told_from_a_scanner() -> None:
    assert is_of_a_camera(dng(Image.new("RGB", (64, 48))))
    assert not is_of_a_camera(tiff([np.zeros((4, 4), np.uint8)], 1))
    assert not is_of_a_camera(b"II*\0")
