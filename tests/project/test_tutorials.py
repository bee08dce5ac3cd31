"""The tutorials' commands, run as they stand there on the demo's photographs."""

import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Workflow
from people.importing.test_digikam import SCHEMA
from reader import Reader
from stashbox.fake_stash import KEY, FakeStash
from visage.people.xmp import parse_packet

OBAMA = "11111111-0000-4000-8000-00000000000a"


@pytest.fixture
def reader(tmp_path: Path, demo: Workflow) -> Reader:
    """Somebody with the demo's photographs in one folder, who need not wait for their embedding."""
    reader = Reader(tmp_path)
    source = demo.folder / "resources/demo"
    reader.have(source / "queries", "my/photos")
    reader.have(source / "gallery", "my/photos/people")
    reader.have(demo.folder / "results/cache", "results/cache")
    return reader


@pytest.mark.long
def test_a_folder_of_photographs(tmp_path: Path, demo: Workflow) -> None:
    """The first tutorial, on the demo's people instead of its own."""
    reader = Reader(tmp_path)
    reader.have(demo.folder / "resources/demo/gallery", "my/people")
    reader.have(demo.folder / "resources/demo/queries", "my/photographs")
    reader.have(demo.folder / "results/cache", "results/cache")
    names = {"Ross": "grace-hopper", "Rachel": "barack-obama"}
    look, mend, stricter, more = reader.follow(
        "tutorial.md",
        **{"Ross/Ross00028.jpg": "barack-obama/blue-room.jpg"},
        **{"photographs/Rachel.png": "photographs/hidden/cut-left.jpg"},
        **names,
    )
    (tmp_path / "my/names.json").write_text('{"barack-obama": "Barack Obama"}')
    assert "embed_shard" in reader.run(look)
    assert reader.verdicts()["known", "Barack Obama"] == "match"
    reader.run(mend)
    log = (tmp_path / "results/logs/embed_shard/queries-0.log").read_text()
    assert "embedded 0" in log, "as the page says"
    assert "portraits" in {group for group, _ in reader.verdicts()}
    reader.run(stricter)
    reader.run(more)
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        assert "archive/report.html" in archive.namelist()
    assert "grace-hopper" not in (tmp_path / "results/scores.tsv").read_text()


@pytest.mark.long
def test_a_shoe_box_of_scans(reader: Reader) -> None:
    first, second, third = reader.follow("tutorial-shoebox.md")
    assert "Nobody is known yet" in reader.run(first)
    assert reader.verdicts() == {}
    reader.run(second)
    found = reader.verdicts()
    assert found["people", "uncle"] == found["people", "grandmother"] == "given"
    assert found["known", "uncle"] == found["several", "grandmother"] == "match"
    reader.run(third)
    assert ("known", "uncle") not in reader.verdicts()


@pytest.mark.long
def test_a_digikam_library(reader: Reader) -> None:
    with closing(sqlite3.connect(reader.folder / "my/photos/digikam4.db")) as database:
        database.executescript(SCHEMA)
        database.execute("INSERT INTO AlbumRoots VALUES (1, 'P', 0, 1, 'volumeid:?uuid=1', '/x')")
        database.execute("UPDATE Albums SET relativePath = '/people/barack-obama' WHERE id = 1")
        database.execute("UPDATE Images SET name = 'speech.jpg' WHERE id = 1")
        box = '<rect x="201" y="229" width="275" height="404"/>'
        database.execute("DELETE FROM ImageTagProperties WHERE tagid <> 1")
        database.execute("UPDATE ImageTagProperties SET value = ?", (box,))
        database.commit()
    run, refuse, export = reader.follow("tutorial-digikam.md")
    reader.run(run)
    assert reader.verdicts()["people", "Ann"] == "given"
    assert reader.verdicts()["known", "Ann"] == "match"
    reader.run(refuse)
    assert ("known", "Ann") not in reader.verdicts()
    photos = reader.folder / "my/photos"
    before = {path: path.read_bytes() for path in photos.rglob("*.jpg")}
    reader.run(export)
    assert {path: path.read_bytes() for path in photos.rglob("*.jpg")} == before
    packet = parse_packet((photos / "hidden/cut-left.jpg.xmp").read_bytes())
    assert [(region.name, region.ours) for region in packet.regions] == [("Ann", True)]
    assert not (photos / "known/portrait.jpg.xmp").exists()


@pytest.mark.long
def test_a_stash(reader: Reader) -> None:
    stash = FakeStash()
    gallery = reader.folder / "my/photos/people"
    for number, (name, image) in enumerate(
        (("Ann", "barack-obama/speech.jpg"), ("Eve", "grace-hopper/portrait.jpg")), start=1
    ):
        stash.add_performer(str(number), name, *([OBAMA] if name == "Ann" else []))
        content = (gallery / image).read_bytes()
        stash.files[f"/performer/{number}/image"] = ("image/jpeg", content)
    shutil.rmtree(gallery)
    stash.add_image("10", "/data/photos/known/portrait.jpg")
    stash.add_image("11", "/data/photos/several/four-people.jpg", "2")
    try:
        fetch, run, confirm, back = reader.follow(
            "tutorial-stash.md", **{"http://localhost:9999": stash.address, "…": KEY}
        )
        os.environ["STASH_API_KEY"] = KEY
        reader.run(fetch)
        assert (reader.folder / "resources/stash/gallery" / OBAMA / "performer.jpg").is_file()
        reader.run(run)
        assert reader.verdicts()["known", "Ann"] == "match"
        assert not [one for one in stash.asked if one.startswith("Tag")]
        reader.run(confirm)
        assert stash.images["10"]["performers"] == ["1"]
        assert stash.images["11"]["performers"] == ["2", "1"]
        reader.run(back)
        assert stash.images["10"]["performers"] == []
        assert stash.images["11"]["performers"] == ["2"]
    finally:
        os.environ.pop("STASH_API_KEY", None)
        stash.close()
    logs = "".join(path.read_text() for path in (reader.folder / "results/logs").rglob("*.log"))
    assert KEY not in logs
