"""What lies about on people's disks, through the whole workflow: every file is told of."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Workflow
from PIL import Image
from visage.store.text import unguard

CONFIG = """\
gallery: [family, disk/friends]
queries: queries
shards: 1
exclude: ["private/"]
sprites: {files: ["*_grid.png"], columns: 2, rows: 1}
"""
CUES = """WEBVTT

00:00:00.000 --> 00:00:10.000
abc_sprite.jpg#xywh=0,0,{w},{h}

00:00:10.000 --> 00:00:20.000
abc_sprite.jpg#xywh={w},0,{w},{h}
"""


def read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, sep="\t", keep_default_na=False, dtype=str)
    return frame.map(unguard)


@pytest.fixture(scope="module")
def everyday(tmp_path_factory: pytest.TempPathFactory, photographs: Path) -> tuple[Workflow, str]:
    """A run, and what it printed."""
    folder = tmp_path_factory.mktemp("everyday")
    people, queries = photographs / "gallery", folder / "queries"
    first, second = sorted((people / "barack-obama").iterdir())
    for source, target in (
        (first, f"family/0005/{first.name}"),
        (second, f"disk/friends/0005/{second.name}"),
        (people / "eileen-collins/astronaut.png", "disk/friends/1e5/astronaut.png"),
        (people / "grace-hopper/portrait.jpg", "family/True/portrait.jpg"),
        (photographs / "queries/known/portrait.jpg", "queries/album/portrait.jpg"),
        (photographs / "queries/known/portrait.jpg", "queries/album/portrait (copy).jpg"),
        (photographs / "queries/known/portrait.jpg", "queries/private/portrait.jpg"),
        (photographs / "queries/known/portrait.jpg", "queries/album/@eaDir/portrait.jpg"),
    ):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, folder / target)
    (folder / "family/lost").mkdir()
    (folder / "family/lost/a.jpg").write_bytes(b"no picture")
    (queries / "album/notes.txt").write_text("words")
    known = Image.open(queries / "album/portrait.jpg").convert("RGB")
    known.thumbnail((700, 700))
    nobody = Image.open(photographs / "queries/nobody/cat.png").convert("RGB").resize(known.size)
    known.copy().save(queries / "album/saved again.jpg", quality=90)
    nobody.save(queries / "album/scan.tif", save_all=True, append_images=[known])
    known.rotate(90, expand=True).save(queries / "album/on its side.png")
    sheet = Image.fromarray(np.hstack([np.asarray(nobody), np.asarray(known)]))
    (queries / "films").mkdir()
    sheet.save(queries / "films/abc_sprite.jpg")
    sheet.save(queries / "films/xyz_grid.png")
    cues = CUES.format(w=known.width, h=known.height)
    (queries / "films/abc_thumbs.vtt").write_text(cues)
    (folder / "config.yaml").write_text(CONFIG)
    workflow = Workflow(folder)
    planned = workflow.succeed("-n", "results/report.html", "--configfile", "config.yaml")
    assert "embed_shard" in planned
    assert not (folder / "results").exists()
    targets = ("results/report.html", "results/images.tsv", "results/gallery/audit.tsv")
    return workflow, workflow.succeed(*targets, "--configfile", "config.yaml")


def test_every_file_has_a_row_and_copies_name_their_original(
    everyday: tuple[Workflow, str],
) -> None:
    images = read(everyday[0].folder / "results/images.tsv").set_index("image")
    queries, gallery = images[images["set"] == "queries"], images[images["set"] == "gallery"]
    album = ("on its side.png", "portrait (copy).jpg", "portrait.jpg", "saved again.jpg")
    tiles = [name for name in queries.index if name.startswith("films/xyz_grid.png#xywh=")]
    assert len(tiles) == 2
    assert sorted(set(queries.index) - set(tiles)) == [
        *(f"album/{name}" for name in (*album, "scan.tif", "scan.tif#2")),
        *("films/abc_sprite.jpg#t=0", "films/abc_sprite.jpg#t=10"),
    ]
    assert queries.loc["films/abc_sprite.jpg#t=10", "label"] == "films/abc"
    assert queries.loc["album/scan.tif", "status"] == "no_face"
    assert queries.loc["album/scan.tif#2", "status"] == "ok"
    assert queries.loc["films/abc_sprite.jpg#t=10", "status"] == "ok"
    assert "turned by" in str(queries.loc["album/on its side.png", "reason"])
    original = queries.loc["album/portrait.jpg", "original"]
    assert {original, queries.loc["album/portrait (copy).jpg", "original"]} == {
        "",
        "album/portrait (copy).jpg",
    }
    assert queries.loc["album/saved again.jpg", "original"] == "album/portrait (copy).jpg"
    assert gallery.loc["lost/family/a.jpg", "status"] == "unreadable"
    assert set(gallery["label"]) == {"0005", "1e5", "True", "lost"}


def test_scores_count_once_with_ids_as_typed(everyday: tuple[Workflow, str]) -> None:
    scores = read(everyday[0].folder / "results/scores.tsv")
    matched = scores[scores["Verdict"] == "match"]
    assert dict(zip(matched["Group"], matched["ID"], strict=True)) == {
        "album": "0005",
        "films/abc": "0005",
        "films/xyz_grid": "0005",
    }
    best = matched.set_index("Group")["Images"]
    assert best["films/abc"] == "1"
    assert int(best["album"]) <= 2  # the portrait in all its copies, and perhaps on its side


def test_what_was_left_out_and_who_is_lost_is_said(everyday: tuple[Workflow, str]) -> None:
    workflow, printed = everyday
    audit = read(workflow.folder / "results/gallery/audit.tsv")
    lost = audit[audit["kind"] == "no_usable_face"]
    assert lost["person"].tolist() == ["lost"]
    assert "gallery: lost cannot be found: none of their files can be read" in printed
    page = (workflow.folder / "results/report.html").read_text()
    for part in ("1 @eaDir", "1 by exclude: private/", "that are no pictures"):
        assert part in page, part


@pytest.mark.long
def test_a_person_by_a_number_is_forgotten(everyday: tuple[Workflow, str], tmp_path: Path) -> None:
    shutil.copytree(everyday[0].folder, tmp_path / "copy", symlinks=True)
    workflow = Workflow(tmp_path / "copy")
    where = ("--configfile", "config.yaml", "--config", "deny=deny.tsv")
    workflow.succeed("forget", *where, "person=1e5")
    assert (workflow.folder / "deny.tsv").read_text().count("person\t") >= 1
    faces = read(workflow.folder / "results/scores.tsv")
    assert "1e5" not in set(faces["ID"])
