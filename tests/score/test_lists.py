"""The original program's table, of its own files and of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from visage.cli import app
from visage.errors import VisageError
from visage.score.lists import score_lists


def write(folder: Path, image: str, *people: tuple[str, float, int], **more: Any) -> None:
    found = [{"id": one, "distance": far, "hits": hits} | more for one, far, hits in people]
    (folder / f"{image}.json").write_text(json.dumps(found))


def test_the_table_is_the_originals_to_the_last_digit(tmp_path: Path) -> None:
    # 9 × 0.19 + 6 × 0.42 + 6 × 1.19 + 9 × 0.62 over 30 hits is 0.565: added up one by one a little
    # more, so 0.57 is printed; added up exactly, or by pandas, 0.56.
    for name, distance, hits in (("a", 0.19, 9), ("b", 0.42, 6), ("c", 1.19, 6), ("d", 0.62, 9)):
        write(tmp_path, name, ("x", distance, hits))
    write(tmp_path, "e", ("y", 0.5, 2), ("z", 0.25, 1), ("w", 0.25, 1), name="ignored", face=0)
    write(tmp_path, "f")
    (tmp_path / "a.vector").write_text("[1.0]")
    names = tmp_path / "names"
    names.write_text(json.dumps({"x": "Ada", "y": {"name": "Bea"}, "w": None}))
    options = ["--performers-file", str(names), str(tmp_path)]
    printed = CliRunner().invoke(app, ["score", *options], catch_exceptions=False).output
    lines = list(score_lists(tmp_path, names))
    assert printed.splitlines() == lines
    assert lines == [
        "Score\tHits\tAvg Distance\tID\tName",
        "53.10\t30\t0.57\tx\tAda",
        "4.00\t2\t0.50\ty\tBea",
        "4.00\t1\t0.25\tz\tz",
        "4.00\t1\t0.25\tw\tw",
    ]


def test_what_the_original_cannot_print(tmp_path: Path) -> None:
    """Namesakes apart, no division by zero, no score below it."""
    write(tmp_path, "a", ("1", 0.0, 2), ("2", -1.5, 3), ("3", 0.5, 0))
    names = tmp_path / "names"
    names.write_text('{"1": "Sam", "2": "Sam"}')
    rows = [line.split("\t") for line in list(score_lists(tmp_path, names))[1:]]
    assert rows == [
        ["300.00", "3", "-1.50", "2", "Sam"],
        ["200.00", "2", "0.00", "1", "Sam"],
        ["0.00", "0", "0.50", "3", "3"],
    ]


@pytest.mark.parametrize("text", ['{"id": "a"}', "[1]", '[{"id": "a", "hits": 2}]', "[", "\udcff"])
def test_a_file_that_is_no_list_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(VisageError, match=r"odd\.json is no list of people"):
        list(score_lists(tmp_path, None))


def test_a_folder_of_groups_is_no_group(tmp_path: Path) -> None:
    with pytest.raises(VisageError, match="holds no"):
        list(score_lists(tmp_path, None))
    (tmp_path / "album").mkdir()
    write(tmp_path / "album", "a", ("1", 0.5, 1))
    with pytest.raises(VisageError, match=r"such as .*album"):
        list(score_lists(tmp_path, None))
