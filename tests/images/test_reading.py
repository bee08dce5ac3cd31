"""Files that are no photographs, or no files, are told without being read."""

import os
from pathlib import Path

import pytest
from visage.images.decode import ImageProblem
from visage.images.reading import read


def problem(path: Path, **options: int) -> ImageProblem:
    with pytest.raises(ImageProblem) as caught:
        read(path, **options)
    return caught.value


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "not a file" in problem(tmp_path / "pipe.jpg").reason
    assert "not a file" in problem(Path("/dev/zero")).reason


def test_holes_of_100_gigabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.jpg"
    with path.open("wb") as file:
        file.truncate(100 << 30)
    found = problem(path)
    assert found.status == "too_large"
    assert "107.4 GB" in found.reason


def test_the_film_of_a_live_photograph_says_so(tmp_path: Path) -> None:
    film = tmp_path / "IMG_1.MOV"
    film.write_bytes(b"\0\0\0\x14ftypqt  " + bytes(64))
    assert problem(film).reason == "a film; only photographs are read"
    (tmp_path / "IMG_1.HEIC").write_bytes(b"")
    assert "the film of a live photograph, IMG_1.HEIC" in problem(film).reason


def test_a_film_that_is_called_a_photograph_is_not_its_own_film(tmp_path: Path) -> None:
    film = tmp_path / "IMG_1.jpg"
    film.write_bytes(b"\0\0\0\x14ftypqt  " + bytes(64))
    assert problem(film).reason == (
        "a film; only photographs are read; its name says JPEG, its content is film"
    )


@pytest.mark.parametrize("name", ["a.mov", "a.pdf", "a.jpg", "a"])
def test_an_empty_file_is_called_empty_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert problem(tmp_path / name).reason == "the file is empty (0 bytes)"


def test_what_only_the_name_tells_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.psd").write_bytes(b"no Photoshop file at all")
    assert problem(tmp_path / "a.psd").reason == (
        "a Photoshop file; export it as JPEG or TIFF (by its name; its content is of no known kind)"
    )


def test_a_photograph_is_read_with_the_size_and_time_it_had(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    data, stat = read(tmp_path / "a.jpg")
    assert len(data) == stat.size == 103
    assert stat.mtime_ns == (tmp_path / "a.jpg").stat().st_mtime_ns
