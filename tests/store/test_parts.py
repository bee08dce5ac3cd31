"""Names of pages and tiles."""

import pytest
from visage.store.parts import file_of, is_tile, named, order_of, part_hash, split
from visage.store.paths import shard_of


@pytest.mark.parametrize("name", ["a.jpg", "a#2.jpg", "#2", "a.jpg#", "a.jpg#two", "a.jpg#t=x"])
def test_other_names_are_those_of_files(name: str) -> None:
    assert split(name) == (name, "")


def test_a_part_goes_by_its_file_and_lies_in_its_shard() -> None:
    for part in ("2", "t=12.5", "xywh=0,0,160,90"):
        image = named("f/scan.tif", part)
        assert split(image) == ("f/scan.tif", part)
        assert file_of(image) == "f/scan.tif"
        assert shard_of(image, 97) == shard_of("f/scan.tif", 97)
    assert named("a.jpg", "") == "a.jpg"


def test_tiles_are_told_from_pages() -> None:
    assert [is_tile(name) for name in ("a.jpg", "a.tif#2", "a.jpg#t=1")] == [False, False, True]


def test_parts_are_sorted_by_number_time_or_place() -> None:
    pages = [f"a#{n}" for n in (10, 9, 2)]
    assert sorted(["a", *pages], key=order_of) == ["a", "a#2", "a#9", "a#10"]
    tiles = ["a#xywh=90,0,9,9", "a#xywh=0,9,9,9", "a#xywh=100,0,9,9"]
    assert sorted(tiles, key=order_of) == [tiles[0], tiles[2], tiles[1]]


def test_parts_are_no_copies_of_each_other() -> None:
    assert part_hash("ab", "") == "ab"
    assert len({part_hash("ab", part) for part in ("", "2", "3")} | {part_hash("cd", "2")}) == 4
