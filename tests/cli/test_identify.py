"""What `visage identify` prints of an answer."""

import json
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner
from visage import door
from visage.cli import app
from visage.images.decode import ImageProblem
from visage.images.parts import WHOLE, Part
from visage.search.gallery import Candidate
from visage.search.lookup import Answer, FoundFace
from visage.search.once import NEARER
from visage.status import Status
from visage.types import Box

PAGES = 3
JPEG = b"\xff\xd8\xff"


class MadeUp:
    """A look-up in which each page shows Ann, who is another face, too; and a poor face."""

    def search(self, _data: bytes, part: Part = WHOLE) -> Answer:
        ann = Candidate("ann", None, 0, "", 0.5, 0.5, 1, None, "possible", NEARER, 0)
        faces = [
            FoundFace(Box(1, 2, 30, 40), 0.9, "ok", "", 0.987, [ann]),
            FoundFace(Box(50, 2, 30, 40), 0.9, "poor", "too blurred", 0.4),
        ]
        note = f"page {part.page} of {PAGES}"
        return Answer(np.zeros((9, 9, 3), np.uint8), 9, 9, faces, 90, note, PAGES)

    def close(self) -> None:
        pass


def printed(monkeypatch: pytest.MonkeyPatch, path: Path, *options: str) -> str:
    path.write_bytes(JPEG)
    monkeypatch.setattr(door, "open_lookup", lambda *_: MadeUp())
    result = CliRunner().invoke(app, ["identify", *options, str(path)], env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    return result.output


def test_each_page_of_a_file_is_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    answers = json.loads(printed(monkeypatch, path, "--json"))
    assert [one["image"] for one in answers] == [str(path), f"{path}#2", f"{path}#3"]
    assert [(one["note"], one["turn"]) for one in answers] == [
        (f"page {number} of 3", 90) for number in (1, 2, 3)
    ]
    clear, poor = answers[0]["faces"]
    assert (clear["quality"], clear["people"][0]["reason"]) == (0.99, NEARER)
    assert (poor["status"], poor["quality"], poor["people"]) == ("poor", 0.4, [])


def test_the_table_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = printed(monkeypatch, tmp_path / "scan.tif")
    for said in ("page 2 of 3", NEARER, "too blurred", "scan.tif#3"):
        assert said in text


def test_what_is_no_photograph_is_neither_waited_for_nor_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    monkeypatch.setattr(door, "open_lookup", lambda *_: MadeUp())
    os.mkfifo("pipe.jpg")
    with Path("holes.jpg").open("wb") as file:
        file.truncate(100 << 30)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.jpg")
    Path("a.jpg").write_bytes(JPEG)
    files = ["pipe.jpg", "holes.jpg", "socket.jpg", "a.jpg"]
    done = CliRunner().invoke(app, ["identify", "--json", *files])
    assert done.exit_code == 1, done.output
    pipe, holes, listener, good, *_ = (one.get("problem") for one in json.loads(done.output))
    assert pipe == listener == "not a file but a pipe, a socket, a device or a folder"
    assert holes.startswith("the file has 107.4 GB")
    assert good is None


def test_a_page_that_cannot_be_read_costs_no_other_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Torn(MadeUp):
        def search(self, data: bytes, part: Part = WHOLE) -> Answer:
            if part.page == 2:
                raise ImageProblem(Status.UNREADABLE, "torn")
            return super().search(data, part)

    monkeypatch.setattr(door, "open_lookup", lambda *_: Torn())
    (tmp_path / "scan.tif").write_bytes(JPEG)
    done = CliRunner().invoke(app, ["identify", "--json", str(tmp_path / "scan.tif")])
    answers = json.loads(done.output)
    assert [one.get("problem") for one in answers] == [None, "torn", None]
