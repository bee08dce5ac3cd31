"""Performers tagged in a Stash: planned, made, ended, gone on with, and taken back."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest
from stashbox.fake_stash import KEY, FakeStash
from visage.errors import VisageError
from visage.export.faces import NamedFace
from visage.sets.deny import DenyList
from visage.stashbox.gallery import client
from visage.stashbox.stash import Stash
from visage.stashbox.tagging import CHANGES, PLAN, Places, Tagging, apply, plan, revert
from visage.store.tsv import read_rows
from visage.types import Box

ADA = "aaaaaaaa-0000-4000-8000-00000000000a"
PLACES = Places(PurePath("/here/queries"), "/data")
OSHASH = "0123456789abcdef"


def face(image: str, person: str, name: str) -> NamedFace:
    return NamedFace(image, "", 0, Box(0, 0, 1, 1), 10, 10, person, name, "match", 0.9)


FACES = [
    face("a.png", ADA, "Ada"),
    face("a.png", "x", "Bea"),
    face("2019/film.mp4", ADA, "Ada"),
    face(f"{OSHASH}_sprite.jpg", ADA, "Ada"),
    face("nowhere.png", ADA, "Ada"),
    face("a.png", "y", "Twin"),
    face("a.png", "z", "Stranger"),
]


@pytest.fixture
def server() -> Iterator[FakeStash]:
    server = FakeStash()
    server.add_performer("1", "Ada", ADA)
    server.add_performer("2", "Beatrice", alias_list=["Bea"])
    server.add_performer("3", "Twin")
    server.add_performer("4", "twin")
    server.add_image("10", "/data/a.png", "2")
    server.add_scene("20", "/data/2019/film.mp4", "f" * 16)
    server.add_scene("21", "/data/other.mp4", OSHASH)
    yield server
    server.close()


@pytest.fixture
def stash(server: FakeStash) -> Iterator[Stash]:
    with client() as http:
        yield Stash(server.endpoint, KEY, 1e9, http, "export_stash", sleep=lambda _: None)


def planned(stash: Stash, folder: Path, faces: list[NamedFace] = FACES) -> Tagging:
    return plan(stash, faces, PLACES, folder, DenyList())


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    server: FakeStash, stash: Stash, tmp_path: Path
) -> None:
    planned(stash, tmp_path)
    assert not [one for one in server.asked if one.startswith("Tag")]
    rows = [
        (row["change"], row["kind"], row["stash_id"], row["id"])
        for row in read_rows(tmp_path / PLAN)
    ]
    assert rows[:3] == [
        ("add", "image", "10", ADA),
        ("add", "scene", "20", ADA),
        ("add", "scene", "21", ADA),
    ]
    why = [row["why"] for row in read_rows(tmp_path / PLAN) if row["change"] == "skip"]
    assert "no image or scene at /data/nowhere.png" in why[0]
    assert "2 performers called Twin" in why[1]
    assert "no performer" in why[2]
    assert (tmp_path / PLAN).stat().st_mode & 0o777 == 0o600


def test_what_was_made_is_logged_and_taken_back_and_others_tags_stay(
    server: FakeStash, stash: Stash, tmp_path: Path
) -> None:
    assert apply(stash, planned(stash, tmp_path), tmp_path) == 3
    assert server.images["10"]["performers"] == ["2", "1"]
    assert server.scenes["20"]["performers"] == server.scenes["21"]["performers"] == ["1"]
    assert not planned(stash, tmp_path).changes
    assert (tmp_path / CHANGES).stat().st_mode & 0o777 == 0o600
    assert revert(stash, tmp_path) == 3
    assert server.images["10"]["performers"] == ["2"]
    assert not server.scenes["20"]["performers"]
    assert revert(stash, tmp_path) == 0


def test_an_ended_run_goes_on(server: FakeStash, stash: Stash, tmp_path: Path) -> None:
    tagging = planned(stash, tmp_path)
    original, calls = server.mood, 0

    def mood() -> tuple[int, object] | None:
        nonlocal calls
        calls += 1
        return (500, b"") if calls > 1 else None

    server.mood = mood  # type: ignore[method-assign]
    with pytest.raises(VisageError, match="export_stash again later"):
        apply(stash, tagging, tmp_path)
    server.mood = original  # type: ignore[method-assign]
    with (tmp_path / CHANGES).open("ab") as file:
        file.write(b'{"change": "ad')
    again = planned(stash, tmp_path)
    assert [one.pair for one in again.changes] == [one.pair for one in tagging.changes[1:]]
    assert apply(stash, again, tmp_path) == 2
    assert revert(stash, tmp_path) == 3


def test_a_match_that_went_is_taken_away_and_one_refused_in_stash_stays_away(
    server: FakeStash, stash: Stash, tmp_path: Path
) -> None:
    apply(stash, planned(stash, tmp_path), tmp_path)
    server.scenes["20"]["performers"] = []  # a person took it away
    tagging = planned(stash, tmp_path, FACES[:3])
    assert [(one.add, one.pair) for one in tagging.changes] == [(False, ("scene", "21", "1"))]
    assert "taken away in Stash" in tagging.skipped[-1].why
    apply(stash, tagging, tmp_path)
    assert not server.scenes["21"]["performers"]


def test_the_denied_are_not_tagged(stash: Stash, tmp_path: Path) -> None:
    deny = DenyList(lines=[("person", ADA, "")])
    tagging = plan(stash, FACES, PLACES, tmp_path, deny)
    assert not tagging.changes
    assert ADA not in (tmp_path / PLAN).read_text()


def test_errors_of_the_schema_are_said(server: FakeStash, stash: Stash, tmp_path: Path) -> None:
    server.moods = [lambda: (200, {"errors": [{"message": "Cannot query field"}]})]
    with pytest.raises(VisageError, match=r"Cannot query field.*version"):
        planned(stash, tmp_path)
    server.moods = [lambda: (200, json.dumps({"data": {}}).encode())]
    with pytest.raises(VisageError, match="does not answer as Stash does"):
        planned(stash, tmp_path)
