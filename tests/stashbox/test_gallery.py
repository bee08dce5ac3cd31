"""A gallery taken from a Stash: paging, only what changed, and what goes wrong."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from stashbox.fake_stash import KEY, FakeStash
from visage.errors import VisageError
from visage.sets.deny import DenyList
from visage.stashbox import stash as stash_module
from visage.stashbox.gallery import RECORD, client, fetch_gallery
from visage.stashbox.stash import Stash
from visage.store.names import read_names

ADA, BEA = (letter * 8 + "-0000-4000-8000-00000000000a" for letter in "ab")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStash]:
    monkeypatch.setattr(stash_module, "PAGE", 2)
    server = FakeStash()
    server.add_performer("1", "Ada", ADA, alias_list=["Countess"], country="GB")
    server.add_performer("2", "Bea", BEA)
    server.add_performer("3", "No Box")
    server.add_performer("4", "Silhouette", image_path=f"{server.address}/x?default=true")
    server.add_image("10", "/data/a.png", "1")
    server.add_image("11", "/data/both.png", "1", "2")
    for number in range(12, 17):
        server.add_image(str(number), f"/data/{number}.png", "3")
    yield server
    server.close()


def fetch(
    server: FakeStash, folder: Path, key: str | None = KEY, deny: DenyList | None = None
) -> Counter[str]:
    with client() as http:
        stash = Stash(server.endpoint, key, 1e9, http, "fetch_gallery", sleep=lambda _: None)
        return fetch_gallery(
            stash, folder / "gallery", folder / "names.json", deny or DenyList(), "stashdb.org"
        )


def files(folder: Path) -> set[str]:
    gallery = folder / "gallery"
    found = {path.relative_to(gallery).as_posix() for path in gallery.rglob("*") if path.is_file()}
    return found - {RECORD}


def test_performers_and_their_photographs_become_folders(server: FakeStash, tmp_path: Path) -> None:
    counts = fetch(server, tmp_path)
    assert files(tmp_path) == {
        *(f"{ADA}/performer.jpg", f"{ADA}/image-10.png", f"{BEA}/performer.jpg"),
        "stash-3/performer.jpg",
        *(f"stash-3/image-{number}.png" for number in range(12, 17)),
    }
    assert (counts["fetched"], counts["people"]) == (9, 4)
    names = read_names(tmp_path / "names.json")
    assert (names[ADA].name, names[ADA].aliases, names[ADA].endpoint) == (
        "Ada",
        ("Countess",),
        "stashdb.org",
    )
    # As LocalVisage wants it, which puts Stash's address in front.
    assert names[ADA].image == "/performer/1/image"
    assert (tmp_path / "gallery" / ADA / "performer.jpg").stat().st_mode & 0o777 == 0o600
    written = (tmp_path / "names.json").read_text() + (tmp_path / "gallery" / RECORD).read_text()
    assert KEY not in written


def test_the_second_time_only_what_changed_is_fetched(server: FakeStash, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    own = tmp_path / "gallery" / ADA / "mine.jpg"
    own.write_text("mine")
    server.asked.clear()
    assert fetch(server, tmp_path)["kept"] == 9
    assert not [one for one in server.asked if one.startswith("/")]
    server.performers["1"]["updated_at"] = "2026-02-02"
    del server.performers["2"]
    server.images["10"]["performers"] = ["1", "3"]
    counts = fetch(server, tmp_path)
    assert (counts["fetched"], counts["removed"]) == (1, 2)
    assert f"{ADA}/mine.jpg" in files(tmp_path)
    assert not (tmp_path / "gallery" / BEA).exists()


def test_a_fault_keeps_what_was_fetched(server: FakeStash, tmp_path: Path) -> None:
    original = server.mood
    calls = 0

    def mood() -> tuple[int, object] | None:
        nonlocal calls
        calls += 1
        return (503, b"") if calls > 4 else None

    server.mood = mood  # type: ignore[method-assign]
    with pytest.raises(VisageError, match=r"did not answer in 5 attempts.*fetch_gallery again"):
        fetch(server, tmp_path)
    before = files(tmp_path)
    assert before and not (tmp_path / "names.json").exists()
    server.mood = original  # type: ignore[method-assign]
    assert fetch(server, tmp_path)["kept"] == len(before)


def test_what_is_no_photograph_or_lies_elsewhere_is_left_out(
    server: FakeStash, tmp_path: Path
) -> None:
    server.files["/performer/1/image"] = ("text/html", b"<html>")
    server.performers["2"]["image_path"] = "http://elsewhere.example/2.jpg"
    del server.files["/image/12/image"]
    assert fetch(server, tmp_path)["not to be had"] == 3


def test_the_denied_are_not_fetched(server: FakeStash, tmp_path: Path) -> None:
    deny = DenyList(lines=[("person", ADA, ""), ("person", "Bea", "")])
    counts = fetch(server, tmp_path, deny=deny)
    assert counts["denied"] == 2
    assert not any(name.startswith((ADA, BEA)) for name in files(tmp_path))
    assert ADA not in (tmp_path / "names.json").read_text()


def test_ids_and_records_cannot_lead_out_of_the_folder(server: FakeStash, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    outside = tmp_path / "outside.jpg"
    outside.write_text("mine")
    record = tmp_path / "gallery" / RECORD
    content = json.loads(record.read_text())
    content["x/y"] = {"file": "../outside.jpg", "updated": ""}
    record.write_text(json.dumps(content))
    fetch(server, tmp_path)
    assert outside.exists()
    server.performers["9"] = server.performers.pop("3") | {"id": "../9"}
    with pytest.raises(VisageError, match="no number"):
        fetch(server, tmp_path)


def test_keys_and_addresses_are_checked(server: FakeStash, tmp_path: Path) -> None:
    with pytest.raises(VisageError, match=r"refuses the key.*STASH_API_KEY"):
        fetch(server, tmp_path, key="wrong")
    server.key = None
    assert fetch(server, tmp_path, key=None)["people"] == 4
    with client() as http:
        for endpoint, words in ((None, "none is given"), ("http://stash.example/g", "unencrypted")):
            with pytest.raises(VisageError, match=words):
                Stash(endpoint, KEY, 60, http, "fetch_gallery")
        Stash("http://192.168.1.5:9999/graphql", KEY, 60, http, "fetch_gallery")
