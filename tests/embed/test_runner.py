"""A shard from its manifest to its table, with a model that is cheap: files of several pictures."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from test_embed import Counting, picture, put
from visage.config.sprites import Sprites
from visage.embed.runner import Destination, Source, embed_shard, say_if_anew
from visage.errors import VisageError
from visage.images.locate import locate
from visage.models.model import Installed
from visage.notices import NOTICE
from visage.sets.deny import read_deny
from visage.sets.listing import ShardSettings, entries_of, manifests
from visage.sets.walk import walk
from visage.store.parts import named
from visage.store.tables import Origin, read_table

NO_GRID = Sprites()


def tiff(*columns: int) -> bytes:
    first, *others = (Image.open(io.BytesIO(picture(number))) for number in columns)
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=others)
    return buffer.getvalue()


def sheet() -> bytes:
    """Two tiles side by side, 80 x 64 each: one face on the first, two on the second."""
    tiles = [np.asarray(Image.open(io.BytesIO(picture(number)))) for number in (1, 2)]
    wide = np.hstack([np.pad(tiles[0], ((0, 0), (0, 40), (0, 0))), tiles[1]])
    buffer = io.BytesIO()
    Image.fromarray(wide).save(buffer, "PNG")
    return buffer.getvalue()


CUES = """WEBVTT

00:00:00.000 --> 00:00:12.500
{name}#xywh=0,0,80,64

00:00:12.500 --> 00:00:25.000
{name}#xywh=80,0,80,64
"""


def embed(
    folder: Path,
    counting: Counting,
    deny: str | None = None,
    sprites: Sprites = NO_GRID,
    root: Path | None = None,
) -> pa.Table:
    root = root or folder / "set"
    shard = ShardSettings(set="queries", model="f", shards=1, sprites=sprites)
    for path, text in manifests(folder / "m/manifests", entries_of(walk(str(root)), False), shard):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    model = SimpleNamespace(
        fingerprint="f",
        entry=SimpleNamespace(usual_length=None, dimension=3),
        origin=Origin("counting", "f"),
        load=lambda _threads: counting.model(),
    )
    made = Destination(folder / "out/tables/0.parquet", folder / "cache", folder / "out/vectors")
    source = Source(folder / "m/manifests/0.jsonl", root, deny=deny)
    embed_shard(source, cast(Installed, model), made, 2)
    return read_table(made.table)


def faces(table: pa.Table) -> dict[str, int]:
    """Give how many faces each image has."""
    counts: dict[str, int] = {}
    for row in table.to_pylist():
        counts[row["image"]] = counts.get(row["image"], 0) + (row["embedding"] is not None)
    return counts


def test_each_page_of_a_tiff_is_an_image_and_embedded_once(tmp_path: Path) -> None:
    put(tmp_path, "x/scan.tif", tiff(1, 0, 3))
    put(tmp_path, "x/other.png", picture(2))
    counting = Counting()
    table = embed(tmp_path, counting)
    expected = {"x/other.png": 2, "x/scan.tif": 1, "x/scan.tif#2": 0, "x/scan.tif#3": 3}
    assert faces(table) == expected
    rows = {row["image"]: row for row in table.to_pylist()}
    assert rows["x/scan.tif#3"]["reason"] == "page 3 of 3"
    assert {row["group"] for row in rows.values()} == {"x"}
    assert len({row["sha256"] for row in rows.values()}) == 4
    vectors = sorted(path.name for path in (tmp_path / "out/vectors/x").iterdir())
    assert vectors == ["other.png.vector", "scan.tif#3.vector", "scan.tif.vector"]
    detected = counting.detected
    assert embed(tmp_path, counting).equals(table)  # the pages are known without a look
    assert counting.detected == detected
    assert locate(tmp_path / "set", "x/scan.tif#3")[1].page == 3


def test_the_pages_behind_one_that_cannot_be_read_are_read(tmp_path: Path) -> None:
    data = bytearray(tiff(1, 2))
    start = data.index(b"\xc8" * 30)  # within the first page: its strip is said to lie elsewhere
    put(tmp_path, "x/scan.tif", bytes(data))
    assert start > 0
    put(tmp_path, "x/cut.tif", bytes(data)[: len(data) // 3])
    table = embed(tmp_path, Counting())
    assert faces(table)["x/scan.tif#2"] == 2
    assert "x/cut.tif" in faces(table)


def test_a_denied_file_has_no_pages(tmp_path: Path) -> None:
    put(tmp_path, "x/scan.tif", tiff(1, 2))
    first, second = (row["sha256"] for row in embed(tmp_path, Counting()).to_pylist()[:2])
    deny = tmp_path / "deny.tsv"
    deny.write_text(f"content\t{second}\n")
    assert read_deny(str(deny)).denies("content", second)
    table = embed(tmp_path, Counting(), deny=str(deny))
    assert dict(zip(*(table[c].to_pylist() for c in ("image", "status")), strict=True)) == {
        "x/scan.tif": "ok",
        "x/scan.tif#2": "denied",
    }
    deny.write_text(f"content\t{first}\n")
    assert faces(embed(tmp_path, Counting(), deny=str(deny))) == {"x/scan.tif": 0}


def test_a_page_or_tile_that_is_denied_by_name_is_not_listed(tmp_path: Path) -> None:
    put(tmp_path, "x/scan.tif", tiff(1, 2))
    put(tmp_path, "abc.png", sheet())
    put(tmp_path, "abc.vtt", CUES.format(name="abc.png").encode())
    deny = tmp_path / "deny.tsv"
    deny.write_text("image\tqueries/x/scan.tif#2\nimage\tqueries/abc.png#t=0\n")
    assert not read_deny(str(deny)).unused()  # nor are they typing errors
    assert set(faces(embed(tmp_path, Counting(), deny=str(deny)))) == {
        "x/scan.tif",
        "abc.png#t=12.5",
    }
    deny.write_text("image\tqueries/abc.png#t=0\nimage\tqueries/abc.png#t=12.5\n")
    left = faces(embed(tmp_path, Counting(), deny=str(deny)))
    assert set(left) == {"x/scan.tif", "x/scan.tif#2"}  # nor is the sheet taken for a photograph


@pytest.mark.parametrize(
    ("image", "cues"), [("abc_sprite.png", "abc_thumbs.vtt"), ("abc.png", "abc.vtt")]
)
def test_a_sheet_is_cut_by_its_cues_into_images_of_its_scene(
    tmp_path: Path, image: str, cues: str
) -> None:
    put(tmp_path, f"films/{image}", sheet())
    put(tmp_path, f"films/{cues}", CUES.format(name=image).encode())
    table = embed(tmp_path, Counting())
    assert faces(table) == {f"films/{image}#t=0": 1, f"films/{image}#t=12.5": 2}
    assert set(table["group"].to_pylist()) == {"films/abc"}
    assert table["width"].to_pylist() == [80] * 3
    path, part = locate(tmp_path / "set", f"films/{image}#t=12.5")
    assert (path.name, part.area) == (image, (80, 0, 80, 64))
    # Other times in the .vtt file: other names, the same pictures.
    put(tmp_path, f"films/{cues}", CUES.format(name=image).replace("12.5", "13.5").encode())
    counting = Counting()
    assert f"films/{image}#t=13.5" in faces(embed(tmp_path, counting))
    assert counting.detected == 0


def test_subtitles_cut_nothing_and_a_grid_of_the_config_does(tmp_path: Path) -> None:
    put(tmp_path, "films/abc.png", sheet())
    put(tmp_path, "films/abc.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood morning.\n")
    assert faces(embed(tmp_path, Counting())) == {"films/abc.png": 3}
    grid = Sprites(files=("films/*",), columns=2, rows=1)
    tiles = [named("films/abc.png", f"xywh={x},0,80,64") for x in (0, 80)]
    assert faces(embed(tmp_path, Counting(), sprites=grid)) == {tiles[0]: 1, tiles[1]: 2}
    assert locate(tmp_path / "set", tiles[1])[1].area == (80, 0, 80, 64)


def test_a_sheet_that_cannot_be_read_has_a_row(tmp_path: Path) -> None:
    put(tmp_path, "abc.png", b"\x89PNG\r\n\x1a\n")
    grid = Sprites(files=("*.png",))
    (row,) = embed(tmp_path, Counting(), sprites=grid).to_pylist()
    assert (row["image"], row["status"]) == ("abc.png", "unreadable")


def test_a_file_by_the_name_of_a_page_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "x/scan.tif", tiff(1, 2))
    put(tmp_path, "x/scan.tif#2", tiff(1))
    with pytest.raises(VisageError, match="go by such names"):
        embed(tmp_path, Counting())


OLD, NEW = Origin("old", "0" * 32), Origin("sface-yunet", "f" * 32)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    texts = [record.getMessage() for record in caplog.records if record.levelno == NOTICE]
    caplog.clear()
    return texts


def test_that_all_is_embedded_anew_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path / "cache"
    say_if_anew(cache, OLD)  # the first run of all
    (cache / OLD.fingerprint / "0.parquet").touch()
    (cache / "hashes").mkdir()
    say_if_anew(cache, OLD)
    assert said(caplog) == []
    for _ in range(3):  # the jobs of a run
        say_if_anew(cache, NEW)
    (message,) = said(caplog)
    assert "sface-yunet" in message
    assert "embedded anew, once" in message
    assert (cache / OLD.fingerprint / "0.parquet").exists()
    say_if_anew(cache, OLD)  # back again: its embeddings are still there
    assert said(caplog) == []
