"""What lies about in a folder: taken, left out by rule, or counted; never lost."""

import os
import subprocess
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.walk import BROKEN, LITTER, Found, walk

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
        *("album/a.jpg", "album/a.jpg_original"),
    )
    fill(tmp_path, "album/notes.txt", data=b"words")
    result = found(tmp_path)
    assert list(result.files) == ["album/a.jpg"]
    assert result.litter == {
        **dict.fromkeys(("@eaDir", "#recycle", "$RECYCLE.BIN", "@Recycle", "lost+found"), 1),
        **{"__MACOSX": 1, "names that begin with a dot": 3, ".nomedia": 1, "*_original": 1},
    }
    assert result.other == 1
    assert result.left_out == 11


@pytest.mark.parametrize("name", ["$Recycle.Bin", "@EADIR", "LOST+FOUND", "__macosx", "#Recycle"])
def test_litter_is_known_in_any_letter_case_and_depth(tmp_path: Path, name: str) -> None:
    fill(tmp_path, f"{name}/a.jpg", f"x/y/{name}/z/a.jpg", "album/.NOMEDIA", "album/a.jpg", "b.jpg")
    result = found(tmp_path)
    assert list(result.files) == ["b.jpg"]
    assert result.litter == {LITTER[name.casefold()]: 2, ".nomedia": 1}


def test_results_are_no_photographs(tmp_path: Path) -> None:
    fill(tmp_path, "old/.results-of-visage", "old/report/pictures/00/1.webp", "a.jpg")
    result = found(tmp_path)
    assert list(result.files) == ["a.jpg"]
    assert result.left_out == 1


@pytest.mark.parametrize(
    "name", ["a.jpg.bak", "a.dat", "a.txt", "a.jpg.part", "St.John", "a.pjp", "a.insp", "trailing."]
)
def test_content_decides_whatever_the_name(tmp_path: Path, name: str) -> None:
    fill(tmp_path, name)
    assert list(found(tmp_path).files) == [name]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xmp", JPEG),  # one beside each photograph: not looked into
        ("song.m4a", b"\0\0\0\x20ftypM4A " + bytes(40)),
        ("song", b"\0\0\0\x20ftypM4A " + bytes(40)),
        ("notes", b"The wide road went on"),
        ("P1", b"P1 is the first of them"),
        ("Thumbs.db", b"\xd0\xcf\x11\xe0" + bytes(40)),
    ],
)
def test_what_is_no_picture_is_counted(tmp_path: Path, name: str, data: bytes) -> None:
    fill(tmp_path, name, data=data)
    assert found(tmp_path).other == 1
    assert not found(tmp_path).files


def test_folders_of_people_are_known_though_nothing_lies_there(tmp_path: Path) -> None:
    fill(tmp_path, "Ann/deep/a.jpg", "Bob/notes.xmp", "@eaDir/a.jpg")
    (tmp_path / "Cid").mkdir()
    assert sorted(found(tmp_path).folders) == ["Ann", "Bob", "Cid"]


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
    (tmp_path / "Ann/notes.xmp").symlink_to("/nowhere/notes.xmp")
    (tmp_path / "Ann/St.John").symlink_to("/nowhere/St.John")
    result = found(tmp_path)
    broken = {path for path, stat in result.files.items() if stat.size == BROKEN}
    assert broken == {"Ann/gone.jpg", "Ann/holiday", "Ann/round.jpg", "Ann/St.John"}
    assert set(result.files) - broken == {"Ann/pipe.jpg"}
    assert result.other == 1


@pytest.mark.parametrize("name", ["Bob", "Mary.Jane", "St. John"])
def test_a_person_whose_disk_is_not_mounted_is_an_error(tmp_path: Path, name: str) -> None:
    fill(tmp_path, "Ann/a.jpg")
    (tmp_path / name).symlink_to(f"/mnt/not-there/{name}")
    with pytest.raises(
        VisageError, match=rf"{name} is a link to /mnt/not-there/{name}.*Mount the disk"
    ):
        found(tmp_path)


def test_a_first_link_in_circles_has_an_entry(tmp_path: Path) -> None:
    (tmp_path / "Bob").symlink_to("Bob")
    assert found(tmp_path).files["Bob"].size == BROKEN


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
