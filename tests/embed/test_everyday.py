"""A thousand files of all kinds beside each other, as they lie about on people's disks."""

import io
import itertools
import os
import random
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from test_embed import Counting, picture
from test_runner import embed
from visage.sets.walk import walk
from visage.status import Status
from visage.store.parts import file_of

WRITTEN = {
    **{"jpg": "JPEG", "JPE": "JPEG", "jfif": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"},
    **{"bmp": "BMP", "tif": "TIFF", "avif": "AVIF", "jp2": "JPEG2000", "ppm": "PPM", "tga": "TGA"},
}
UNREAD = {
    "mp4": b"\0\0\0\x18ftypmp42" + bytes(20),
    "jxl": b"\xff\x0a" + bytes(40),
    "psd": b"8BPS" + bytes(40),
    "pdf": b"%PDF-1.7\n",
    "svg": b"<svg></svg>",
    "cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
    "heic": b"\0\0\0\x18ftypheic" + bytes(20),
}
OTHER = {"txt": b"words", "vtt": b"WEBVTT", "zip": b"PK\3\4", "xmp": b"<x/>", "db": b"SQLite"}
FOLDERS = 24


def everyday(root: Path) -> Iterator[Path]:
    """Write the files, and give them."""
    rng = random.Random(14)
    image = Image.open(io.BytesIO(picture(2)))
    data = {}
    for suffix, kind in WRITTEN.items():
        file = io.BytesIO()
        image.save(file, kind)
        data[suffix] = file.getvalue()
    pages = io.BytesIO()
    image.save(pages, "TIFF", save_all=True, append_images=[image, image])
    for number in range(FOLDERS):
        folder = root / f"album {number}" / ("deeper/" * (number % 3))
        files = {f"IMG_{number}.{suffix}": content for suffix, content in data.items()}
        files |= {f"cut_{number}.{s}": c[: rng.randrange(len(c))] for s, c in data.items()}
        files |= {f"film_{number}.{suffix}": content for suffix, content in UNREAD.items()}
        files |= {f"other_{number}.{suffix}": content for suffix, content in OTHER.items()}
        files |= {
            f"no suffix {number}": data["png"],
            f"called.{number}": data["jpg"],
            f"wrong_{number}.jpg": data["webp"],
            f"text_{number}.jpg": b"<html>Sign in</html>",
            f"empty_{number}.png": b"",
            f"._{number}.jpg": b"\0\5\x16\7",
            f"scan_{number}.tiff": pages.getvalue() + bytes(number),
        }
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
            yield folder / name


def test_every_one_is_accounted_for_and_the_same_bytes_come_again(tmp_path: Path) -> None:
    root = tmp_path / "set"
    files = list(everyday(root))
    (root / "gone.jpg").symlink_to("nowhere.jpg")
    (root / "album 0/circle").symlink_to(root)
    os.mkfifo(root / "pipe.jpg")
    files += [root / "gone.jpg", root / "pipe.jpg"]
    assert len(files) > 1000

    found = walk(str(root))
    counted = len(found.files) + len(found.cues) + found.litter.total() + found.other
    assert counted == len(files)
    assert found.other + len(found.cues) == FOLDERS * len(OTHER)
    assert found.again == {"album 0/circle": ""}

    counting = Counting()
    table = embed(tmp_path, counting)
    assert {file_of(str(image)) for image in table["image"].to_pylist()} == set(found.files)
    rows = list(itertools.chain(table.to_pylist()))
    status = {row["image"].rpartition("/")[2]: row["status"] for row in rows}
    for suffix in WRITTEN:
        assert status[f"IMG_3.{suffix}"] == Status.OK, suffix
    assert status["scan_3.tiff#3"] == status["no suffix 3"] == status["called.3"] == Status.OK
    for suffix in UNREAD:
        assert status[f"film_3.{suffix}"] == Status.UNREADABLE, suffix
    silent = [row["image"] for row in rows if row["status"] != Status.OK and not row["reason"]]
    assert not silent
    odd = {row["image"].rpartition("/")[2]: row["reason"] for row in rows}
    assert odd["wrong_3.jpg"] == "its name says JPEG, its content is WebP"

    looked = counting.detected
    assert embed(tmp_path, counting).equals(table)
    again = embed(tmp_path / "anew", counting, root=root)
    assert again.equals(table)
    assert counting.detected == 2 * looked
