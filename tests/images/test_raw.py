"""Camera RAW, by a made-up DNG of a sensor's few pixels with a preview."""

import pytest
from dng import dng
from PIL import Image
from visage.formats import by_content
from visage.images.decode import decode

pytest.importorskip("rawpy")


def test_a_raw_file_is_read_by_its_preview_and_turned_as_it_says() -> None:
    preview = Image.new("RGB", (320, 240), "blue")
    preview.paste("red", (0, 0, 160, 120))
    data = dng(preview)
    found = by_content(data)
    assert found
    assert found.name == "camera RAW"  # though its first bytes are those of any TIFF
    photograph = decode(data)
    assert (photograph.width, photograph.height) == (320, 240)
    assert photograph.pixels[20, 20].argmax() == 2
    assert photograph.note == "read by the preview in the camera's raw file"
    turned = decode(dng(preview, orientation=6))
    assert (turned.width, turned.height) == (240, 320)
    assert turned.pixels[20, 220].argmax() == 2  # upper left has become upper right
