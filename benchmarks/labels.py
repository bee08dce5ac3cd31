"""How long labels take: sidecars imported, and one statement brought together with many faces.

    python benchmarks/labels.py [--sidecars 2000] [--faces 100000]
    python benchmarks/labels.py --table 1000000
    python benchmarks/labels.py --run 100000

--table writes `faces.tsv` of so many made-up faces, by a process of its own: seconds, peak memory.
--run runs the workflow on so many made-up photographs with a stub for the model, labels one of
them, and runs it again: seconds until the label is in the scores.
"""

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from parts.running import made_up_sets, make_images, snakemake, stand_in
from PIL import Image
from visage.export.faces import NamedFace
from visage.export.xmp import Places, export_xmp
from visage.people.applying import Sources, apply_labels
from visage.people.editing import append_labels
from visage.people.ids import Ids
from visage.people.imported import import_labels
from visage.people.labels import Say, Statement, read_labels
from visage.people.people import People
from visage.score.faces_table import Shard, tabulate_faces
from visage.sets.deny import DenyList
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table
from visage.types import Box

ORIGIN = Origin("made-up", "0")
SHARD = 50_000  # faces of a made-up table
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


def table(folder: Path, number: int) -> None:
    """Write `faces.tsv` of so many faces, and say what that took."""
    shards = []
    for shard, start in enumerate(range(0, number, SHARD)):
        own = range(start, min(number, start + SHARD))
        images = [f"{place % 997:03}/{place:08}.jpg" for place in own]  # in no order
        faces: dict[str, list] = {
            "image": images,
            "group": [image[:3] for image in images],
            "face": [0] * len(own),
        }
        faces |= {"sha256": [hashlib.sha256(image.encode()).hexdigest() for image in images]}
        faces |= {side: [float(place % 100) for place in own] for side in "xywh"}
        faces |= {"status": ["ok"] * len(own), "quality": [1.0] * len(own)}
        found: dict[str, list] = {"image": images, "face": [0] * len(own), "rank": [1] * len(own)}
        found |= {"id": [f"{place % 5000:05}" for place in own], "name": [""] * len(own)}
        found |= {"verdict": ["match"] * len(own), "nearest": images, "hits": [1] * len(own)}
        found |= {"distance": [0.5] * len(own), "probability": [0.9] * len(own)}
        paths = [folder / f"{name}-{shard}.parquet" for name in ("faces", "matches")]
        for path, schema, columns in zip(paths, (FACES, MATCHES), (faces, found), strict=True):
            nothing = pa.nulls(len(own))
            rows = pa.table({name: columns.get(name, nothing) for name in schema.names})
            write_table(path, rows.cast(schema), ORIGIN)
        shards.append(paths)
    script = [sys.executable, __file__, "--tabulate", str(folder / "faces.tsv")]
    start_time = time.perf_counter()
    done = subprocess.run(
        [*script, *map(str, (path for paths in shards for path in paths))],
        check=True,
        capture_output=True,
        text=True,
    )
    size = (folder / "faces.tsv").stat().st_size / 1e6
    print(
        f"faces.tsv of {number} faces: {time.perf_counter() - start_time:.1f} s, "
        f"{done.stdout.strip()} MB of memory, {size:.0f} MB on disk"
    )


def tabulate(output: Path, paths: list[Path]) -> None:
    """Write `faces.tsv`; print the peak memory of this process, MB."""
    tabulate_faces(map(Shard, paths[::2], paths[1::2]), None, None, output)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def whole_run(folder: Path, number: int) -> None:
    """Label one of so many photographs, and say how long it takes into the scores."""
    make_images(folder / "gallery", min(1000, number))
    make_images(folder / "queries", number)
    path = stand_in(folder, 0)

    def scores() -> float:
        words = ("--cores", "2", "results/scores.tsv", *made_up_sets(8))
        return snakemake(folder, *words, path=path)[0]

    first = scores()
    image = min((folder / "queries").rglob("*.png"))
    sha256 = hashlib.sha256(image.read_bytes()).hexdigest()
    said = Statement(sha256, "", None, "somebody", Say.IS)
    append_labels(folder / "labels.tsv", [said])
    second = scores()
    assert "somebody" in (folder / "results/scores.tsv").read_text()
    print(f"{number} photographs: {first:.0f} s; one label to the scores: {second:.1f} s")


def main() -> None:
    """Measure what is asked for, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sidecars", type=int, default=2000)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--table", type=int, help="only this")
    parser.add_argument("--run", type=int, help="only this")
    parser.add_argument("--tabulate", type=Path, nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.tabulate:
        tabulate(arguments.tabulate[0], arguments.tabulate[1:])
        return
    with tempfile.TemporaryDirectory(prefix="visage-labels-") as name:
        if arguments.table:
            table(Path(name), arguments.table)
            return
        if arguments.run:
            whole_run(Path(name), arguments.run)
            return
        spent = sidecars(Path(name), arguments.sidecars)
        each = 1000 * spent / arguments.sidecars
        print(f"{arguments.sidecars} sidecars imported: {spent:.2f} s, {each:.2f} ms each")
        spent = one_label(Path(name), arguments.faces)
        print(f"one label among {arguments.faces} faces: {spent:.2f} s")


if __name__ == "__main__":
    main()
