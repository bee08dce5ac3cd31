"""Files are written whole or not at all."""

import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from visage.store.files import (
    PRIVATE,
    TEMPORARY,
    remove_if_old,
    replacing,
    write_if_changed,
    write_new,
    write_text,
)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_after_an_error_what_was_there_is_there(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/file"
    write_text(path, "before\r\n", PRIVATE)
    assert (path.read_bytes(), mode_of(path)) == (b"before\r\n", PRIVATE)
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert [one.name for one in path.parent.iterdir()] == ["file"]
    assert path.read_bytes() == b"before\r\n"


def test_a_name_of_255_bytes_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write_text(path, "text")
    assert path.read_text() == "text"


def test_the_same_text_keeps_its_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_if_changed(path, "é")
    os.utime(path, (1, 1))
    assert not write_if_changed(path, "é")
    assert path.stat().st_mtime == 1
    assert write_if_changed(path, "e")
    path.write_bytes(b"\xff")  # damaged
    assert write_if_changed(path, "e")


def test_a_new_file_does_not_replace_one(tmp_path: Path) -> None:
    path = tmp_path / "new/file"
    assert write_new(path, b"one", PRIVATE)
    assert not write_new(path, b"two")
    assert (path.read_text(), mode_of(path)) == ("one", PRIVATE)


def test_another_thread_is_quicker_in_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, mkdir = tmp_path / "new/file", Path.mkdir

    def quicker(folder: Path, **how: Any) -> None:
        mkdir(folder, **how)
        path.write_bytes(b"theirs")

    monkeypatch.setattr(Path, "mkdir", quicker)
    assert not write_new(path, b"ours")
    assert path.read_bytes() == b"theirs"


def test_only_old_remains_are_removed(tmp_path: Path) -> None:
    young, old = tmp_path / f"{TEMPORARY}young", tmp_path / f"{TEMPORARY}old"
    for path in (young, old):
        path.touch()
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    for path in (young, old, tmp_path / "gone"):
        remove_if_old(path)
    assert list(tmp_path.iterdir()) == [young]
