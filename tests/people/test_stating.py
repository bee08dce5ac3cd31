"""Statements made on the command line."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner
from visage.cli import app
from visage.errors import VisageError
from visage.people.labels import Say, read_labels
from visage.people.stating import Which
from visage.store.faces import FACES
from visage.store.tables import write_table
from visage.types import Box


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = []
    for name, faces in (("one.jpg", 1), ("two.jpg", 2)):
        (tmp_path / name).write_bytes(name.encode())
        row = {"image": f"album/{name}", "sha256": hashlib.sha256(name.encode()).hexdigest()}
        for number in range(faces):
            box = {"x": 10.0 * number, "y": 1.0, "w": 5.123, "h": 6.0}
            rows.append(row | box | {"status": "ok", "face": number})
    (tmp_path / "unknown.jpg").write_bytes(b"x")
    write_table(tmp_path / "results/queries/tables/0.parquet", pa.Table.from_pylist(rows, FACES))
    return tmp_path


def label(*words: str) -> str:
    done = CliRunner().invoke(app, ["label", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_lines_are_added_with_the_box_of_the_face(folder: Path) -> None:
    assert "1 added, 0 said already" in label("is", "ann", "one.jpg")
    assert "0 added, 1 said already" in label("is", "ann", "one.jpg")
    label("not", "bob", "--face", "1", "two.jpg")
    label("ignore", "--box", "1,2,3,4", "two.jpg", "unknown.jpg")
    label("is", "cleo", "unknown.jpg")
    first, second, third, fourth, fifth = read_labels(folder / "labels.tsv").statements
    assert (first.image, first.box, first.person) == ("album/one.jpg", Box(0, 1, 5.12, 6), "ann")
    assert (second.box, second.say) == (Box(10, 1, 5.12, 6), Say.NOT)
    assert (third.box, third.person) == (Box(1, 2, 3, 4), "")
    assert (fourth.image, fifth.box) == ("unknown.jpg", None)
    assert first.date and first.source == "command"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["is", "ann", "two.jpg"], r"has 2 faces.*--face 0: 5 x 6 pixels at 0, 1"),
        (["is", "ann", "--face", "7", "two.jpg"], "knows no face 7 of it; those it knows: 0, 1"),
        (["is", "ann", "gone.jpg"], "gone.jpg cannot be read"),
        (["is", "ann"], "at least one photograph"),
    ],
)
def test_what_cannot_be_said_is_told_of_and_nothing_is_added(
    folder: Path, words: list[str], said: str
) -> None:
    with pytest.raises(VisageError, match=f"(?s){said}"):
        label(*words)
    assert not (folder / "labels.tsv").exists()


def test_a_box_is_four_numbers() -> None:
    assert Which.of(None, "1,2,3.5,4") == Which(None, Box(1, 2, 3.5, 4))
    for box in ("1,2,3", "a,b,c,d", "1,2,0,4"):
        with pytest.raises(VisageError, match="--box"):
            Which.of(None, box)
    with pytest.raises(VisageError, match="not both"):
        Which.of(1, "1,2,3,4")
