"""The tutorials' commands, run as they stand there on the demo's photographs."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import REPO, Workflow
from people.importing.test_digikam import SCHEMA
from stashbox.fake_stash import KEY, FakeStash
from visage.people.xmp import parse_packet
from visage.store.tsv import read_rows

OBAMA = "11111111-0000-4000-8000-00000000000a"


class Reader:
    """Somebody who does what a tutorial says, in a folder with photographs."""

    def __init__(self, folder: Path, demo: Workflow) -> None:
        self.folder = folder
        source = demo.folder / "resources/demo"
        shutil.copytree(source / "queries", folder / "my/photos")
        shutil.copytree(source / "gallery", folder / "my/photos/people")
        shutil.copytree(demo.folder / "results/cache", folder / "results/cache")
        commands = {"snakemake": f"snakemake --snakefile {REPO}/Snakefile", "visage": "visage"}
        (folder / "bin").mkdir()
        for name, module in commands.items():
            command = folder / "bin" / name
            command.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
            command.chmod(0o755)

    def follow(self, page: str, **replaced: str) -> list[str]:
        """Write the page's YAML to my.yaml and give its blocks of commands."""
        text = (REPO / "docs" / page).read_text(encoding="utf-8")
        for old, new in replaced.items():
            text = text.replace(old, new)
        blocks = re.findall(r"```(sh|yaml)\n(.*?)```", text, re.DOTALL)
        for kind, block in blocks:
            if kind == "yaml":
                # One shard to a set spares the time of many jobs, and changes no result.
                (self.folder / "my.yaml").write_text(f"{block}shards: 1\n")
        return [block for kind, block in blocks if kind == "sh"]

    def run(self, block: str) -> str:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environment = Workflow.environment() | {"PATH": path, "PYTHONPATH": str(REPO / "scripts")}
        done = subprocess.run(
            ["bash", "-ec", block.replace("--cores 8", "--cores 2")],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def verdicts(self) -> dict[tuple[str, str], str]:
        rows = read_rows(self.folder / "results/scores.tsv")
        return {(row["Group"], row["Name"]): row["Verdict"] for row in rows}


@pytest.fixture
def reader(tmp_path: Path, demo: Workflow) -> Reader:
    return Reader(tmp_path, demo)


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
