"""Tables that any reader gives back and no spreadsheet runs."""

import csv
import io
import random
from pathlib import Path

import pandas as pd
import pytest
from visage.store.text import guard, unguard
from visage.store.tsv import format_row, read_rows, sorted_rows, write_rows, write_tsv

HARMFUL = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''@x"]
HARMLESS = ["", "Ann", "-28.66", "+5", "-5", "'-5", "O'Hara", "'quoted'", "1=1"]


@pytest.mark.parametrize("text", [*HARMFUL, *HARMLESS])
def test_a_cell_is_harmless_and_comes_back(text: str) -> None:
    assert (guard(text) != text) == (text in HARMFUL)
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("write", ["frame", "rows"])
def test_both_writers_give_every_text_back(tmp_path: Path, write: str) -> None:
    texts = [*HARMFUL, *HARMLESS, 'a "b"', "two\nlines", "c\rd", "e\tf"]
    path = tmp_path / "table.tsv"
    if write == "frame":
        write_tsv(path, pd.DataFrame({"name": texts, "other": "x"}), mode=0o600)
    else:
        assert write_rows(path, ["name", "other"], ([t, "x"] for t in texts), 0o600) == len(texts)
    assert [row["name"] for row in read_rows(path)] == texts
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter="\t") for cell in row]
    assert not any(cell[:1] in "=+@\t\r＝" for cell in cells if cell not in ("", "+5"))


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_one_odd_cell_of_a_line_is_seen_wherever_it_stands(separator: str) -> None:
    for text in [*HARMFUL, 'a"', "a\nb", "\rc", "d\te", "f,g", "h;i"]:
        for cells in ([text, "x", ""], ["", text, ""], ["", "", text]):
            (row,) = csv.reader(
                io.StringIO(format_row(cells, separator), newline=""), delimiter=separator
            )
            assert [unguard(cell) for cell in row] == cells
            assert not any(cell[:1] in {*"=+@\t\r＝"} for cell in row)


def test_a_comma_is_quoted_where_it_separates() -> None:
    assert format_row(["a,b", "c"], ",") == '"a,b",c'


def test_more_rows_than_memory_holds_are_sorted(tmp_path: Path) -> None:
    rows = [[f"{number:05}", "a\tb\r\n\"c'"] for number in range(2000)]
    mixed = random.Random(1).sample(rows, len(rows))
    assert list(sorted_rows(mixed, key=lambda row: (row[0],), folder=tmp_path, run=7)) == rows
    assert list(sorted_rows(mixed[:5], key=lambda row: (row[0],), folder=tmp_path)) == sorted(
        mixed[:5]
    )
    assert not list(tmp_path.iterdir())
