"""The table of formats: by suffix, by content, and what it takes to add one."""

import io
from pathlib import Path

import pytest
from PIL import Image
from visage import formats
from visage.formats import FORMATS, Format, accepted, by_content, by_suffix, disagreement
from visage.images.decode import ImageProblem, decode
from visage.sets.listing import list_entries

BEGINNINGS = {
    b"\xff\xd8\xff\xe0": "JPEG",
    b"RIFF\1\2\3\4WEBPVP8 ": "WebP",
    b"RIFF\1\2\3\4AVI LIST": "film",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "HEIF",
    b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf": "AVIF",
    b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic": "HEIF",
    b"\0\0\0\x14ftypqt  \0\0\0\0qt  ": "film",
    b"\0\0\0\x18ftypisom\0\0\2\0isomiso2": "film",
    b"\0\0\0\x18ftypcrx \0\0\0\1crx isom": "camera RAW",
    b"II*\0\x10\0\0\0CR\2\0": "camera RAW",
    b"FUJIFILMCCD-RAW 0201": "camera RAW",
    b"MM\0*\0\0\0\x08\0\0": "TIFF",
    b"\xff\x0a\xfa\x1f": "JPEG XL",
    b"8BPS\0\1": "Photoshop",
    b"<?xml version='1.0'?>\n<svg": "SVG",
    b"<?xml version='1.0'?>\n<!-- made by hand, with a long remark in it -->\n<svg>": "SVG",
    b"\xc5\xd0\xd3\xc6\x20\0\0\0": "PostScript",
    b"II\xbc\x01\x08\0\0\0": "rare format",
    b"PF\n4 4\n-1\n": "rare format",
    b"P5\n# made by hand\n4 4 255\n": "PPM",
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01": "film",
}


@pytest.mark.parametrize(("head", "name"), BEGINNINGS.items())
def test_a_files_beginning_tells_its_format(head: bytes, name: str) -> None:
    found = by_content(head)
    assert found
    assert found.name == name


def test_text_and_emptiness_are_no_format() -> None:
    words = (b"The wide road", b"P1 is the first", b"BMW and others, a list of cars")
    for data in (b"", b"x", b"Dear Ann,\n", b"PK\3\4", b"{}", bytes(64), *words):
        assert by_content(data) is None


def test_every_suffix_is_of_one_format_and_lower_case() -> None:
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
    assert all(bool(row.reader) != bool(row.reason) for row in FORMATS)


def test_what_disagrees_is_said() -> None:
    assert disagreement("Ann/a.JPG", "PNG") == "its name says JPEG, its content is PNG"
    assert disagreement("Ann/a.jfif", "JPEG") == ""
    assert disagreement("Ann/a", "JPEG") == ""


class Flag(Image.Image):
    """A made-up format: two bytes give width and height, the rest is the colour."""


def open_flag(file: io.BytesIO) -> Image.Image:
    width, height, *colour = file.read()[4:9]
    return Image.new("RGB", (width, height), tuple(colour))


def test_adding_a_format_takes_one_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = Format("flag", ".flag", "image/x-flag", rb"FLAG", f"{__name__}:open_flag")
    monkeypatch.setattr(formats, "FORMATS", (row, *FORMATS))
    monkeypatch.setattr(formats, "_BY_SUFFIX", {**formats._BY_SUFFIX, ".flag": row})
    data = b"FLAG" + bytes([4, 3, 255, 0, 0])
    (tmp_path / "a.flag").write_bytes(data)
    (tmp_path / "b").write_bytes(data)
    assert [entry.image for entry in list_entries(tmp_path, False)] == ["a.flag", "b"]
    photograph = decode(data)
    assert photograph.pixels.shape == (3, 4, 3)
    assert tuple(photograph.pixels[0, 0]) == (0, 0, 255)
    assert "image/x-flag" in accepted()
    assert by_suffix(".FLAG") is row


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Format("odd", "", "image/x-odd", rb"ODD", "no_such_module:opener", package="odd-reader")
    monkeypatch.setattr(formats, "FORMATS", (row,))
    with pytest.raises(ImageProblem, match="pip install odd-reader") as caught:
        decode(b"ODD")
    assert not caught.value.lasting
