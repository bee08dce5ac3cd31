"""10,000 people with one image each, and as many folders to list."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from visage.config import Match
from visage.search.gallery import Gallery
from visage.search.index import build_index
from visage.search.match import match_shard
from visage.sets.listing import ShardSettings, list_entries, manifests, read_manifest
from visage.store.faces import FACES
from visage.store.files import write_text
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table

NUMBER, DIMENSION = 10_000, 128
SETTINGS = Match(ranking="nearest")


def faces_table(path: Path, images: list[str], vectors: np.ndarray, label: str) -> None:
    rows: dict[str, list] = {
        "image": images,
        label: [image.partition("/")[0] for image in images],
        "status": ["ok"] * len(images),
        "reason": [""] * len(images),
        "face": [0] * len(images),
        "embedding": list(vectors.astype(np.float32)),
    }
    columns = [
        pa.array(rows[field.name], field.type)
        if field.name in rows
        else pa.nulls(len(images), field.type)
        for field in FACES
    ]
    write_table(path, pa.Table.from_arrays(columns, schema=FACES), Origin("m", "f"))


def test_each_of_10_000_people_is_found_by_their_one_image(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    gallery = generator.normal(size=(NUMBER, DIMENSION))
    chosen = generator.permutation(NUMBER)[:200]
    queries = gallery[chosen] + 0.2 * generator.normal(size=(200, DIMENSION))
    people = [f"person {number:05}/only.jpg" for number in range(NUMBER)]
    faces_table(tmp_path / "gallery.parquet", people, gallery, "person")
    faces_table(tmp_path / "queries.parquet", [f"q/{n}.jpg" for n in chosen], queries, "group")
    faces, annoy, labels = (tmp_path / name for name in ("f.parquet", "face.db", "face.json"))
    build_index([tmp_path / "gallery.parquet"], faces, annoy, labels, True, 10, 42)
    assert json.loads(labels.read_text())[-1] == f"person {NUMBER - 1:05}"
    match_shard(
        table=tmp_path / "queries.parquet",
        gallery=Gallery.open(faces, SETTINGS, True, {"normalized": 1.128}),
        output=tmp_path / "matches.parquet",
        sidecar=None,
        results=10,
    )
    found = read_table(tmp_path / "matches.parquet", MATCHES.names).to_pandas()
    first = found[found["rank"] == 1]
    wanted = first["image"].str.extract(r"q/(\d+)\.jpg")[0].astype(int)
    assert (first["id"] == wanted.map("person {:05}".format)).all()
    assert len(first) == 200
    assert (found.groupby("image").size() == SETTINGS.results).all()


def test_10_000_folders_are_listed_in_one_pass(tmp_path: Path) -> None:
    for number in range(NUMBER):
        folder = tmp_path / "gallery" / f"{number:05}"
        folder.mkdir(parents=True)
        (folder / "only.jpg").touch()
    entries = list_entries(tmp_path / "gallery", False)
    settings = ShardSettings(set="gallery", model="m", shards=8)
    for path, text in manifests(tmp_path / "manifests", entries, settings):
        write_text(path, text)
    shards = [read_manifest(path) for path in sorted((tmp_path / "manifests").iterdir())]
    listed = [entry.image for shard in shards for entry in shard.entries]
    assert sorted(listed) == [f"{number:05}/only.jpg" for number in range(NUMBER)]
    sizes = pd.Series([len(shard.entries) for shard in shards])
    assert sizes.min() > 0.8 * NUMBER / 8
