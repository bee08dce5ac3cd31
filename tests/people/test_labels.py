"""What a labels file says, line by line, and how lines are added to it."""

import multiprocessing
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.people.editing import append_labels, now, remove_labels
from visage.people.labels import COLUMNS, Say, Statement, cells_of, parse, read_labels
from visage.types import Box

SHA = "ab" * 32
BOX = Box(10, 20.5, 30, 40)
HEADER = "\t".join(COLUMNS)


def statement(person: str = "ann", say: Say = Say.IS, **others: object) -> Statement:
    fields = {"sha256": SHA, "image": "a.jpg", "box": BOX, "person": person, "say": say}
    return Statement(**(fields | others))  # type: ignore[arg-type]


def line(**cells: str) -> str:
    usual = dict(zip(COLUMNS, cells_of(statement()), strict=True))
    return "\t".join((usual | cells).values())


def test_every_bad_line_is_told_of_with_its_number_and_the_others_count(tmp_path: Path) -> None:
    bad = {
        "sha256": line(sha256="xyz"),
        "neither sha256 nor image": line(sha256="", image=""),
        "must be one of is, not, ignore": line(say="perhaps"),
        "no person is named": line(person=""),
        "must be numbers": line(x="left"),
        "all four finite": line(w="nan"),
        "w and h must be above 0": line(h="0"),
        "fields": line() + "\t\t\tmore",
        "no line of a TSV": line(person='"Ann') + "",
    }
    path = tmp_path / "labels.tsv"
    text = "\r\n".join(["# remark", HEADER, *bad.values(), "", line()]) + "\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\xff\tb\n")
    labels = read_labels(path)
    assert labels.statements == [statement()]
    assert [problem.line for problem in labels.problems] == [*range(3, 12), 14]
    for problem, expected in zip(labels.problems, [*bad, "not UTF-8"], strict=True):
        assert expected in str(problem)
        assert f"{path}, line {problem.line}" in str(problem)


def test_a_file_without_the_columns_is_refused_and_none_at_all_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    assert read_labels(path).statements == read_labels(None).statements == []
    path.write_text("image\tperson\n")
    with pytest.raises(VisageError, match="no column say"):
        read_labels(path)
    path.write_text("person\tsay\n")
    with pytest.raises(VisageError, match="no column sha256"):
        read_labels(path)


def test_unicode_twins_are_one_and_formulas_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    said = statement("=1+1", image="Jose\u0301/-a\tb.jpg")
    append_labels(path, [said, statement("Jose\u0301")])
    assert "\t=1" not in path.read_text()
    assert [one.person for one in read_labels(path).statements] == ["=1+1", "Jos\u00e9"]
    assert parse(COLUMNS, "\t".join(cells_of(statement("'=x"))).encode()).person == "'=x"


def test_appending_keeps_every_byte_of_others(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    before = (
        b"# mine\r\nperson\tmood\tsay\tsha256\timage\tx\ty\tw\th\r\nbob\tgood\tis\t" + SHA.encode()
    )
    path.write_bytes(before)
    path.chmod(0o640)
    assert append_labels(path, [statement(), statement()]) == 1
    assert (
        path.read_bytes() == before + f"\r\nann\t\tis\t{SHA}\ta.jpg\t10\t20.5\t30\t40\r\n".encode()
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert append_labels(path, [statement()]) == 0
    path.write_text("sha256\tperson\tsay\n")
    with pytest.raises(VisageError, match="no column image"):
        append_labels(path, [statement()])
    assert path.read_text() == "sha256\tperson\tsay\n"


def test_a_new_file_is_its_owners_alone_and_a_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "labels.tsv"
    link.symlink_to(tmp_path / "elsewhere" / "real.tsv")
    append_labels(link, [statement()])
    assert link.is_symlink()
    assert (tmp_path / "elsewhere/real.tsv").stat().st_mode & 0o777 == 0o600


def test_a_word_taken_back_and_said_again_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    words = [(Say.IS, "2026-01-01"), (Say.NOT, "2026-01-02"), (Say.IS, "2026-01-03")]
    for say, date in words:
        assert append_labels(path, [statement(say=say, date=date)]) == 1
    assert append_labels(path, [statement(date=now())]) == 0
    assert len(read_labels(path).statements) == 3


def test_lines_are_removed_and_the_rest_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text(f"# remark\n{HEADER}\n{line(person='bob')}\nnonsense\n{line()}")
    assert remove_labels(path, [statement("bob")]) == 1
    assert path.read_text() == f"# remark\n{HEADER}\nnonsense\n{line()}"
    assert remove_labels(tmp_path / "none.tsv", [statement()]) == 0


def _add(path: Path, person: str) -> None:
    for number in range(20):
        append_labels(path, [statement(f"{person}-{number}")])


def test_programs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_add, args=(path, person)) for person in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    people = {one.person for one in read_labels(path).statements}
    assert people == {f"{person}-{number}" for person in "abcd" for number in range(20)}
