"""What lies about in a folder: taken, left out by rule, or counted; never lost."""

import os
import subprocess
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.walk import BROKEN, Found, walk

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)


def fill(root: Path, *names: str, data: bytes = JPEG) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def found(root: Path) -> Found:
    return walk(str(root))


def test_what_systems_leave_is_left_out_and_counted(tmp_path: Path) -> None:
    fill(
        tmp_path,
        *("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "#recycle/gone.jpg", "$RECYCLE.BIN/gone.jpg"),
        *("@Recycle/gone.jpg", "lost+found/x.jpg", "__MACOSX/._a.jpg", ".trashed-179-a.jpg"),
        *("._a.jpg", ".thumbnails/a.jpg", "hidden/.nomedia", "hidden/deep/a.jpg"),
        *("album/a.jpg", "album/a.jpg_original", "album/notes.txt"),
    )
    result = found(tmp_path)
    assert list(result.files) == ["album/a.jpg"]
    assert result.litter == {
        **dict.fromkeys(("@eaDir", "#recycle", "$RECYCLE.BIN", "@Recycle", "lost+found"), 1),
        **{"__MACOSX": 1, "names that begin with a dot": 3, ".nomedia": 1, "*_original": 1},
    }
    assert result.other == 1
    assert result.left_out == 11


def test_files_without_a_suffix_are_known_by_content(tmp_path: Path) -> None:
    fill(tmp_path, "photo", "IMG.1234", "a.jpg_large", "b.jpg~")
    fill(tmp_path, "README", "LICENSE.2", data=b"words")
    fill(tmp_path, "empty", data=b"")
    result = found(tmp_path)
    assert sorted(result.files) == ["IMG.1234", "a.jpg_large", "b.jpg~", "photo"]
    assert result.other == 3


def test_pipes_and_broken_links_have_an_entry(tmp_path: Path) -> None:
    (tmp_path / "Ann").mkdir()
    os.mkfifo(tmp_path / "Ann/pipe.jpg")
    (tmp_path / "Ann/gone.jpg").symlink_to("/nowhere/a.jpg")
    (tmp_path / "Ann/holiday").symlink_to("/nowhere/holiday")
    (tmp_path / "Ann/round.jpg").symlink_to("round.jpg")
    (tmp_path / "Ann/notes.txt").symlink_to("/nowhere/notes.txt")
    result = found(tmp_path)
    broken = {path for path, stat in result.files.items() if stat.size == BROKEN}
    assert broken == {"Ann/gone.jpg", "Ann/holiday", "Ann/round.jpg"}
    assert set(result.files) - broken == {"Ann/pipe.jpg"}
    assert result.other == 1


def test_a_person_whose_disk_is_not_mounted_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, "Ann/a.jpg")
    (tmp_path / "Bob").symlink_to("/mnt/not-there/Bob")
    with pytest.raises(VisageError, match=r"Bob is a link to /mnt/not-there/Bob.*Mount the disk"):
        found(tmp_path)


def test_links_to_each_other_end(tmp_path: Path) -> None:
    """Seven folders with links to all seven: each is listed once, not 7! times."""
    for number in range(7):
        fill(tmp_path, f"person-{number}/a.jpg")
        for other in range(7):
            (tmp_path / f"person-{number}/to-{other}").symlink_to(f"../person-{other}")
    result = found(tmp_path)
    assert sorted(result.files) == [f"person-{number}/a.jpg" for number in range(7)]
    assert result.again["person-0/to-3"] == "person-3"
    assert len(result.again) == 49


def test_a_folder_is_listed_where_it_lies_not_under_its_link(tmp_path: Path) -> None:
    fill(tmp_path, "z/deep/a.jpg")
    (tmp_path / "a").symlink_to("z/deep")
    result = found(tmp_path)
    assert list(result.files) == ["z/deep/a.jpg"]
    assert result.again == {"a": "z/deep"}


def test_any_depth(tmp_path: Path) -> None:
    deep = str(tmp_path)
    for _ in range(1100):
        deep += "/d"
        os.mkdir(deep)  # noqa: PTH102 - pathlib's parents and rmtree stop at a thousand
    try:
        Path(deep, "a.jpg").write_bytes(JPEG)
        assert len(found(tmp_path).files) == 1
    finally:
        subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)
