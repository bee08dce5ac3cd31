"""Labels brought together with the faces of both sets."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from visage.people.applying import Sources, apply_labels
from visage.people.labels import COLUMNS
from visage.people.people import People
from visage.sets.deny import DenyList
from visage.store.faces import FACES
from visage.store.findings import FINDINGS
from visage.store.labelled import LABELLED
from visage.store.tables import Origin, read_table, write_table
from visage.store.tsv import read_rows, write_rows
from visage.types import Box

SHA = {name: letter * 64 for name, letter in (("a.jpg", "a"), ("ann/1.jpg", "b"), ("b.jpg", "c"))}
FIRST, SECOND = (10.0, 10.0, 40.0, 40.0), (60.0, 10.0, 30.0, 30.0)


def face(image: str, number: int, box: tuple, **more: Any) -> dict:
    row = dict(zip("xywh", box, strict=True)) | {"image": image, "sha256": SHA[image]}
    usual = {"status": "ok", "width": 200, "height": 100, "face": number, "group": ""}
    return row | usual | {"embedding": [float(number), 1.0], "confidence": 0.9} | more


class Made:
    """Stands for the model."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    def __call__(self, *place: Any) -> dict:
        self.asked.append(place)
        box = place[3]._asdict()
        return box | {"status": "ok", "reason": "made", "embedding": [7.0, 7.0], "confidence": 0.0}


class Case:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = Made()
        gallery = [face("ann/1.jpg", n, box, person="ann") for n, box in enumerate((FIRST, SECOND))]
        queries = [face("a.jpg", 0, FIRST), face("a.jpg", 1, SECOND), face("b.jpg", 0, FIRST)]
        self.tables = {"gallery": [folder / "g.parquet"], "queries": [folder / "q.parquet"]}
        for name, rows in (("g", gallery), ("q", queries)):
            table = pa.Table.from_pylist(rows, FACES)
            write_table(folder / f"{name}.parquet", table, Origin("made-up", "0"))

    def apply(
        self,
        *lines: tuple,
        people: People | None = None,
        deny: DenyList | None = None,
        imported: tuple[tuple, ...] = (),
    ) -> tuple[list[dict], list[dict]]:
        write_rows(self.folder / "labels.tsv", COLUMNS, map(self.line, lines))
        write_rows(self.folder / "imported.tsv", COLUMNS, map(self.line, imported))
        write_rows(self.folder / "faults.tsv", ("image", "detail"), [["a.jpg", "xmp: odd"]])
        apply_labels(
            Sources(
                self.folder / "labels.tsv",
                [self.folder / "imported.tsv"],
                [self.folder / "faults.tsv"],
            ),
            people or People(),
            deny or DenyList(),
            self.tables,
            self.made,
            self.folder / "labelled.parquet",
            self.folder / "findings.tsv",
        )
        rows = read_table(self.folder / "labelled.parquet", LABELLED.names).to_pylist()
        return rows, list(read_rows(self.folder / "findings.tsv"))

    @staticmethod
    def line(cells: tuple) -> list[str]:
        image, box, person, say, *date = cells
        sides = [str(side) for side in box or ("", "", "", "")]
        return [SHA.get(image, "f" * 64), image, *sides, person, say, "test", *(date or [""])]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_faces_of_both_sets_are_labelled_wherever_they_lie(case: Case) -> None:
    elsewhere = (120.0, 50.0, 30.0, 30.0)
    rows, findings = case.apply(
        ("a.jpg", FIRST, "ann", "is"),
        ("a.jpg", SECOND, "bob", "not"),
        ("a.jpg", elsewhere, "cleo", "is"),
        ("ann/1.jpg", SECOND, "", "ignore"),
        ("b.jpg", None, "dan", "is"),
    )
    told = [(r["set"], r["image"], r["face"], r["say"], r["person"], r["added"]) for r in rows]
    assert told == [
        ("gallery", "ann/1.jpg", 1, "ignore", "", False),
        ("queries", "a.jpg", 0, "is", "ann", False),
        ("queries", "a.jpg", 1, "not", "bob", False),
        ("queries", "a.jpg", 2, "is", "cleo", True),
        ("queries", "b.jpg", 0, "is", "dan", False),
    ]
    assert [r["embedding"] for r in rows] == [None, [0.0, 1.0], None, [7.0, 7.0], [0.0, 1.0]]
    assert case.made.asked == [("queries", "a.jpg", SHA["a.jpg"], Box(*elsewhere))]
    assert [one["detail"] for one in findings] == ["xmp: odd"]
    assert case.folder.joinpath("findings.tsv").stat().st_mode & 0o777 == 0o600


def test_the_order_of_the_lines_means_nothing(case: Case) -> None:
    lines = [
        (image, box, person, say, date)
        for image, box in (("a.jpg", FIRST), ("a.jpg", SECOND), ("ann/1.jpg", FIRST))
        for person, say, date in (("ann", "is", "1"), ("bob", "is", "2"), ("ann", "not", "3"))
    ]
    contents = set()
    for seed in range(4):
        case.apply(*random.Random(seed).sample(lines, len(lines)))
        contents.add((case.folder / "labelled.parquet").read_bytes())
        contents.add((case.folder / "findings.tsv").read_bytes())
    assert len(contents) == 2


def test_ids_are_joined_and_the_denied_are_not_spoken_of(case: Case) -> None:
    people = People({"anna": "ann"}, {})
    rows, _ = case.apply(
        ("a.jpg", FIRST, "anna", "is"),
        ("a.jpg", SECOND, "bob", "is"),
        people=people,
        deny=DenyList(lines=[("person", "bob", "")]),
    )
    assert [row["person"] for row in rows] == ["ann"]
    rows, _ = case.apply(
        ("a.jpg", FIRST, "anna", "is"),
        people=people,
        deny=DenyList(lines=[("person", "anna", "")]),
    )
    assert rows == []


def test_what_contradicts_or_is_lost_is_told_of(case: Case) -> None:
    rows, findings = case.apply(
        ("ann/1.jpg", FIRST, "bob", "is"),
        ("ann/1.jpg", SECOND, "cleo", "is"),
        ("gone.jpg", None, "dan", "is"),
        ("b.jpg", (900, 0, 5, 5), "eve", "is"),
        imported=(("a.jpg", FIRST, "ann", "is"), ("a.jpg", FIRST, "fay", "is")),
    )
    assert [row["person"] for row in rows] == ["bob", "cleo"]
    kinds = [(one["kind"], one["image"]) for one in findings if one["person"]]
    assert kinds == [
        ("contradiction", "a.jpg"),
        ("contradiction", "ann/1.jpg"),
        ("label", "gone.jpg"),
        ("label", "b.jpg"),
    ]
    assert list(findings[0]) == list(FINDINGS)


def test_bad_lines_and_people_are_told_of(case: Case) -> None:
    people = People(problems=("people.tsv: 'b' leads nowhere",))
    _, findings = case.apply(("a.jpg", FIRST, "ann", "perhaps"), people=people)
    details = [one["detail"] for one in findings]
    assert any("line 2: say is 'perhaps'" in one for one in details)
    assert "people.tsv: 'b' leads nowhere" in details
