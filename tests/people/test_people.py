"""Ids that are one person."""

from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.people.people import read_people


def test_ids_are_joined_to_the_end_of_the_chain_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "people.tsv"
    lines = ["a\tb\t", "b\tc\tBea", "c\t\tCleo", "Jose\u0301\tc\t", "d\t\tDan", "# e\tf\t"]
    for order in (lines, lines[::-1]):
        path.write_text("\n".join(["id\tsame_as\tname", *order]) + "\n")
        people = read_people(path)
        assert [people.one(one) for one in ("a", "b", "c", "Jos\u00e9", "d", "z")] == [*"ccccdz"]
        assert people.ids("b") == {"a", "b", "c", "Jos\u00e9"}
        assert people.names == {"c": "Cleo", "d": "Dan"}
        assert not people.problems


def test_circles_and_contradictions_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "people.tsv"
    path.write_text("id\tsame_as\tname\nb\ta\t\na\tb\t\n\tx\t\nd\te\tDan\nd\tc\tDaniel\n")
    people = read_people(path)
    assert people.one("a") == people.one("b") == "a"
    assert people.one("d") == "c"
    told = "\n".join(people.problems)
    assert "line 4: no id" in told
    assert "'d' is the same as 'c', 'e'; the first counts" in told
    assert "'b' and 'a' are each the same" in told


def test_a_file_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(VisageError, match="people"):
        read_people(tmp_path / "none.tsv")
    path = tmp_path / "people.tsv"
    path.write_text("name\nAnn\n")
    with pytest.raises(VisageError, match="no column id"):
        read_people(path)
    assert read_people(None).one("x") == "x"
