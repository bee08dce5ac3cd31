"""`exclude`: what is left out of a set, by whom, and what fits nothing."""

import unicodedata
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.excludes import Excludes
from visage.sets.walk import walk


def test_patterns_leave_out_files_and_folders_and_are_counted(tmp_path: Path) -> None:
    for name in (
        "Ann/a.jpg",
        "Ann/private/b.jpg",
        "Bob/a.tmp.jpg",
        "Bob/keep.tmp.jpg",
        "x/y/c.jpg",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    excludes = Excludes(["private/", "*.tmp.jpg", "!keep.tmp.jpg", "/y", "**/nothing/**"])
    found = walk(str(tmp_path), excludes)
    assert sorted(found.files) == ["Ann/a.jpg", "Bob/keep.tmp.jpg", "x/y/c.jpg"]
    assert found.excluded == {"private/": 1, "*.tmp.jpg": 1}
    assert excludes.unused == ["/y", "**/nothing/**"]


def test_a_folder_from_a_mac_is_found_by_what_is_typed(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "José")).mkdir()
    excludes = Excludes([unicodedata.normalize("NFC", "José")])
    assert walk(str(tmp_path), excludes).excluded == {"José": 1}
    assert excludes.unused == []


def test_comments_and_empty_lines_are_no_patterns(tmp_path: Path) -> None:
    (tmp_path / "#keep.jpg").write_bytes(b"")
    excludes = Excludes(["# what I keep to myself", "", "  ", r"\#keep.jpg"])
    assert walk(str(tmp_path), excludes).excluded == {r"\#keep.jpg": 1}
    assert excludes.unused == []


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(VisageError, match=r"exclude: .*\.gitignore"):
        Excludes(["fine", "!"])
