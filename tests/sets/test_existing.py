"""The original program's two files, where they stand for the gallery."""

from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.existing import files_of, images, item_of, read_labels


def write(folder: Path, labels: str) -> str:
    (folder / "face.db").touch()
    (folder / "face.json").write_text(labels)
    return str(folder)


def test_items_stand_for_photographs(tmp_path: Path) -> None:
    """A label may hold anything but an item's number, and a folder's name no slash."""
    found = images(write(tmp_path, '["ada", "bea item 7", "c/d", "ada"]'))
    assert [image.partition("/")[0] for image in found] == ["ada", "bea item 7", "c_d", "ada"]
    assert [item_of(image) for image in found] == [0, 1, 2, 3]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path, '["ada"]')
    (tmp_path / "face.db").unlink()
    with pytest.raises(VisageError, match=r"there is no file .*face\.db"):
        files_of(folder)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ("{", "is not JSON"),
        ('{"0": "a"}', "not a list of people"),
        ('["a", null]', "not a list of people"),
        ('["a", " "]', "not a list of people"),
        ("[]", "not a list of people"),
    ],
)
def test_labels_that_are_none_are_told(tmp_path: Path, labels: str, words: str) -> None:
    write(tmp_path, labels)
    with pytest.raises(VisageError, match=words):
        read_labels(tmp_path / "face.json")
