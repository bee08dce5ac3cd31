import json
from pathlib import Path

import pytest
from visage.workflow.summary import sentence

FOUND = ("faces", "named", "people", "possible", "another")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((60, 13, 6, 0, 0), "13 of 60 faces have a name (6 people), 47 are nobody you know."),
        ((2, 1, 1, 0, 0), "1 of 2 faces has a name (1 person), 1 is nobody you know."),
        ((2, 2, 1, 0, 0), "2 of 2 faces have a name (1 person)."),
        (
            (3, 0, 0, 2, 0),
            "0 of 3 faces have a name (0 people), no threshold tells of 2 whether they are the "
            "person they are nearest to, 1 is nobody you know.",
        ),
        (
            (4, 1, 1, 0, 2),
            "1 of 4 faces has a name (1 person), 2 look like somebody who is another face of the "
            "photograph, 1 is nobody you know.",
        ),
        ((0, 0, 0, 0, 0), "no face was searched."),
    ],
)
def test_every_face_is_told_of_once(tmp_path: Path, found: tuple[int, ...], said: str) -> None:
    record = {
        "found": dict(zip(FOUND, found, strict=True)),
        "images": {"queries": {"status": {"ok": found[0]}}},
    }
    (tmp_path / "provenance.json").write_text(json.dumps(record))
    assert sentence(tmp_path) == f"{said} See {tmp_path}/scores.tsv"


def test_copies_and_photographs_without_a_clear_face_are_told_of(tmp_path: Path) -> None:
    status = {"ok": 5, "poor": 2, "too_small": 1, "no_face": 1, "unreadable": 1}
    record = {
        "found": dict.fromkeys(FOUND, 0) | {"faces": 5, "named": 5, "people": 1},
        "images": {"queries": {"status": status, "copies": 2}},
    }
    (tmp_path / "provenance.json").write_text(json.dumps(record))
    assert sentence(tmp_path) == (
        "5 of 5 faces have a name (1 person), 2 photographs are copies, 1 photograph has no face, "
        "3 photographs show only faces too poor or small to tell, 1 file could not be read. See "
        f"{tmp_path}/scores.tsv"
    )


def test_the_copy_to_give_away_is_named_where_that_was_made(tmp_path: Path) -> None:
    record = {
        "found": {"faces": 0, "named": 0, "people": 0},
        "images": {"queries": {"status": {}}},
    }
    (tmp_path / "provenance.json").write_text(json.dumps(record))
    for page in ("report.html", "share.html"):
        (tmp_path / page).touch()
    assert str(sentence(tmp_path)).endswith("/report.html")
    assert str(sentence(tmp_path, ["report_share"])).endswith("/share.html")


def test_files_of_both_sets_that_could_not_be_read_are_counted(tmp_path: Path) -> None:
    record = {
        "found": {"faces": 0, "named": 0, "people": 0},
        "images": {
            "queries": {"status": {"unreadable": 2, "too_large": 1, "no_face": 1}},
            "gallery": {"status": {"ok": 4, "unreadable": 1}},
        },
    }
    (tmp_path / "provenance.json").write_text(json.dumps(record))
    assert str(sentence(tmp_path)).startswith(
        "no face was searched, 1 photograph has no face, 3 files could not be read, "
        "1 file of the gallery could not be read."
    )
