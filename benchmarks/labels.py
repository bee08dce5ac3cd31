"""How long labels take: sidecars imported, and one statement brought together with many faces.

python benchmarks/labels.py [--sidecars 2000] [--faces 100000]
"""

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image
from visage.export.faces import NamedFace
from visage.export.xmp import Places, export_xmp
from visage.people.applying import Sources, apply_labels
from visage.people.editing import append_labels
from visage.people.ids import Ids
from visage.people.imported import import_labels
from visage.people.labels import Say, Statement, read_labels
from visage.people.people import People
from visage.sets.deny import DenyList
from visage.store.faces import FACES
from visage.store.tables import Origin, read_table, write_table
from visage.types import Box

ORIGIN = Origin("made-up", "0")
BOX = {"x": 20.0, "y": 10.0, "w": 40.0, "h": 40.0}


def rows(number: int, prefix: str, dimension: int | None = None) -> list[dict]:
    """Make rows of a faces table, one face an image."""
    chance = np.random.default_rng(0)
    found: list[dict] = []
    for place in range(number):
        image = f"{prefix}{place}.jpg"
        row: dict = {
            "image": image,
            "sha256": hashlib.sha256(image.encode()).hexdigest(),
            "group": "",
        }
        row |= {"status": "ok", "face": 0, "width": 200, "height": 100, "confidence": 0.9} | BOX
        vector = chance.standard_normal(dimension, np.float32) if dimension else None
        found.append(row | {"embedding": vector})
    return found


def sidecars(folder: Path, number: int) -> float:
    """Import the labels of so many sidecars, each with a region; give seconds."""
    photos = folder / "photos"
    photos.mkdir()
    made = rows(number, "")
    faces = []
    for row in made:
        Image.new("RGB", (200, 100)).save(photos / row["image"])
        box = Box(*BOX.values())
        faces.append(NamedFace(row["image"], "", 0, box, 200, 100, "ann", "Ann", "given", None))
    export_xmp([row["image"] for row in made], faces, Places(photos, photos), folder / "w.jsonl")
    for path in photos.glob("*.xmp"):  # as another program would have written them
        path.write_text(path.read_text().replace("visage:Mark", "visage:Other"))
    table = folder / "sidecars.parquet"
    write_table(table, pa.Table.from_pylist(made, FACES), ORIGIN)
    start = time.perf_counter()
    output = folder / "imported.tsv"
    import_labels(table, photos, ["xmp"], Ids({}, People()), output, folder / "faults.tsv")
    spent = time.perf_counter() - start
    assert len(read_labels(output).statements) == number
    return spent


def one_label(folder: Path, number: int) -> float:
    """Bring one statement together with so many faces; give seconds."""
    made = rows(number, "q", 128)
    table = folder / "faces.parquet"
    write_table(table, pa.Table.from_pylist(made, FACES), ORIGIN)
    box = Box(*BOX.values())
    said = Statement(made[number // 2]["sha256"], "", box, "ann", Say.IS)
    append_labels(folder / "labels.tsv", [said])
    start = time.perf_counter()
    output = folder / "labelled.parquet"
    apply_labels(
        Sources(folder / "labels.tsv"),
        People(),
        DenyList(),
        {"gallery": [], "queries": [table]},
        lambda *_: {},
        output,
        folder / "findings.tsv",
    )
    spent = time.perf_counter() - start
    assert len(read_table(output)) == 1
    return spent


def main() -> None:
    """Measure both, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sidecars", type=int, default=2000)
    parser.add_argument("--faces", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="visage-labels-") as name:
        spent = sidecars(Path(name), arguments.sidecars)
        each = 1000 * spent / arguments.sidecars
        print(f"{arguments.sidecars} sidecars imported: {spent:.2f} s, {each:.2f} ms each")
        spent = one_label(Path(name), arguments.faces)
        print(f"one label among {arguments.faces} faces: {spent:.2f} s")


if __name__ == "__main__":
    main()
