"""Where a picture of a set is."""

from pathlib import Path

import pytest
from PIL import Image
from visage.images.locate import locate, tiles

CUES = """WEBVTT

00:00.000 --> 00:05.000
a.png#xywh=0,0,20,10

00:00.000 --> 00:05.000
a.png#xywh=20,0,20,10

00:00.000 --> 00:05.000
a.png#xywh=20,0,20,10

00:05.000 --> 00:10.000
a.png#xywh=percent:50,50,50,50
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (40, 20)).save(tmp_path / "a.png")
    (tmp_path / "a.vtt").write_text(CUES, encoding="utf-8-sig")
    return tmp_path


def test_every_picture_of_a_sheet_has_a_name_by_which_it_is_found(folder: Path) -> None:
    found = {part.name: part.area for part in tiles(folder / "a.vtt", folder / "a.png")}
    assert found == {
        "t=0": (0, 0, 20, 10),
        "xywh=20,0,20,10": (20, 0, 20, 10),  # of the same second
        "t=5": (20, 10, 20, 10),
    }
    for name, area in found.items():
        path, part = locate(folder, f"a.png#{name}")
        assert (path, part.area) == (folder / "a.png", area)


def test_a_second_that_is_told_no_more_is_not_found(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="tells of this tile"):
        locate(folder, "a.png#t=7")


def test_pages_and_files_are_found_without_cues(folder: Path) -> None:
    assert locate(folder, "a.tif#3")[1].page == 3
    (folder / "b.png#3").touch()
    assert locate(folder, "b.png#3")[0] == folder / "b.png#3"
