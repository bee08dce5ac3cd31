"""Several folders are one gallery."""

import os
from pathlib import Path

import pytest
from visage.config import load
from visage.errors import VisageError
from visage.sets.folders import is_own, link_folders, place_of
from visage.sets.listing import list_entries


def put(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def listed(into: Path) -> list[str]:
    return [entry.image for entry in list_entries(into, import_vectors=False)]


def test_people_of_several_folders_lie_together_and_nothing_is_lost(tmp_path: Path) -> None:
    one, two = tmp_path / "a/people", tmp_path / "b/people"
    put(one / "ann/1.jpg", two / "ann/1.jpg", two / "bob/deep/2.jpg", two / "loose.jpg")
    into = tmp_path / "results/gallery/folders"
    folders = [str(one), str(two)]
    link_folders(folders, into)
    everything = [
        *("ann/people-2/1.jpg", "ann/people/1.jpg", "bob/people-2/deep/2.jpg"),
        "people-2-loose.jpg",
    ]
    assert listed(into) == everything
    for image in everything:
        assert (into / image).read_bytes() == b"x"
    assert place_of(folders, two / "bob/deep/2.jpg") == Path("bob/people-2/deep/2.jpg")
    assert place_of(folders, two / "loose.jpg") == Path("people-2-loose.jpg")
    assert place_of(folders, tmp_path / "c/1.jpg") is None
    # Nothing is touched where nothing has changed; what is gone goes.
    before = {path: os.lstat(path).st_mtime_ns for path in into.rglob("*")}
    link_folders(folders, into)
    assert {path: os.lstat(path).st_mtime_ns for path in into.rglob("*")} == before
    link_folders([str(one)], into)
    assert listed(into) == ["ann/people/1.jpg"]
    assert (two / "bob/deep/2.jpg").exists()


def test_links_and_files_of_others_stay(tmp_path: Path) -> None:
    folders = [str(tmp_path / name / "pics-3") for name in "ab"]
    for folder in folders:
        put(Path(folder) / "ann/1.jpg")
    into = tmp_path / "links"
    put(into / "ann/letter.txt", into / "notes.txt", tmp_path / "b.txt")
    (into / "ann/diary").symlink_to(tmp_path / "b.txt")
    (into / "mine").symlink_to("ann")
    theirs = {path for path in into.rglob("*") if not path.is_dir() or path.is_symlink()}
    link_folders(folders, into)
    link_folders(folders[:1], into)
    assert {path for path in theirs if path.is_symlink() or path.is_file()} == theirs
    assert [path.name for path in into.rglob("*") if is_own(path, into)] == ["pics-3"]
    put(into / "ann/pics-4")
    with pytest.raises(VisageError, match="pics-4 is not of this workflow"):
        link_folders(folders, into)


def test_a_folder_in_another_is_listed_once(tmp_path: Path) -> None:
    put(tmp_path / "all/friends/ann/1.jpg")
    into = tmp_path / "links"
    link_folders([str(tmp_path / "all"), str(tmp_path / "all/friends")], into)
    assert len(listed(into)) == 1


def test_a_person_whose_disk_is_not_mounted_is_an_error(tmp_path: Path) -> None:
    put(tmp_path / "a/ann/1.jpg", tmp_path / "b/bob/1.jpg")
    (tmp_path / "b/cleo").symlink_to("/mnt/nothing")
    with pytest.raises(VisageError, match="/mnt/nothing, which is not there"):
        link_folders([str(tmp_path / "a"), str(tmp_path / "b")], tmp_path / "links")


def test_the_config_takes_a_folder_or_several() -> None:
    one = load({"gallery": "a/", "queries": "q"})
    several = load({"gallery": ["a", "./b"], "queries": "b/q", "results": "r"})
    assert (one.galleries, one.folder("gallery"), one.sets_overlap) == (("a",), "a", False)
    assert several.galleries == ("a", "b")
    assert (several.folder("gallery"), several.sets_overlap) == ("r/gallery/folders", True)
    assert load({"gallery": None}).galleries == ()
    with pytest.raises(VisageError, match="gallery"):
        load({"gallery": ["a", 3]})
    with pytest.raises(VisageError, match="is an address"):
        load({"gallery": ["a", "s3://bucket/b"]})
    with pytest.raises(VisageError, match="inside that of gallery"):
        load({"gallery": ["a", "b"], "results": "b/results"})
