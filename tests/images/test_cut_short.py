"""Files whose end is missing give what is there, and say so."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visage.formats import by_content
from visage.images.cut_short import with_an_end
from visage.images.decode import decode


def photograph() -> Image.Image:
    """A picture with something to see everywhere, and little of it fine: 320 x 240."""
    small = np.random.default_rng(3).integers(0, 256, (12, 16, 3), np.uint8)
    return Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC)


def encoded(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    photograph().save(file, kind, **options)
    return file.getvalue()


def assert_upper_part_is_there(data: bytes, share: float) -> None:
    whole = decode(data).pixels.astype(int)
    cut = decode(data[: int(len(data) * share)])
    assert "the file is damaged" in cut.note
    assert np.abs(cut.pixels[:60] - whole[:60]).mean() < 12


@pytest.mark.parametrize("share", [0.7, 0.99])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("WEBP", {}), ("WEBP", {"lossless": True}), ("JPEG2000", {}), ("JPEG2000", {"no_jp2": True})],
)
def test_the_upper_part_of_a_picture(kind: str, options: dict, share: float) -> None:
    assert_upper_part_is_there(encoded(kind, **options), share)


@pytest.mark.skipif(shutil.which("heif-enc") is None, reason="there is no heif-enc")
def test_the_upper_part_of_a_heic(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "a.heic"
    photograph().save(source)
    subprocess.run(["heif-enc", source, "-o", target], check=True, capture_output=True)
    assert_upper_part_is_there(target.read_bytes(), 0.7)


def test_of_an_animation_the_pictures_that_are_there() -> None:
    file = io.BytesIO()
    more = [photograph().rotate(90), photograph().rotate(180)]
    photograph().save(file, "WEBP", save_all=True, append_images=more)
    found = decode(file.getvalue()[: int(0.8 * len(file.getvalue()))])
    assert np.abs(found.pixels.astype(int) - decode(file.getvalue()).pixels).mean() < 12


def test_a_length_that_nobody_could_have_is_not_believed() -> None:
    data = bytearray(encoded("WEBP"))
    data[4:8] = b"\xff\xff\xff\x7f"
    found = by_content(bytes(data))
    assert found
    assert with_an_end(bytes(data), found) is None


def test_a_flipped_bit_costs_what_is_behind_it() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[len(data) // 2 : len(data) // 2 + 4] = bytes(4)
    found = decode(bytes(data))
    assert "damaged" in found.note
    assert (found.pixels[:80] == noise[:80, :, ::-1]).all()
