"""Galleries of the original program taken over: its `.vector` files, its face.db and face.json."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import REPO, Workflow, project_copy
from existing_index import write_original
from visage.store.arrow import lists
from visage.store.tables import read_table

DIMENSION = 512
PRESET = ("--configfile", str(REPO / "config/visage-ml.yaml"), "take.yaml")


def embeddings(seed: int, people: int, each: int) -> np.ndarray:
    """Like Facenet512's: length about 25, a person's within 10 of each other, others' 35 apart."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1, (people, 1, DIMENSION))
    return (centres + rng.normal(0, 0.3, (people, each, DIMENSION))).astype(np.float32)


def write_vector(path: Path, values: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(np.asarray(values).tolist()))


def library(folder: Path) -> np.ndarray:
    """Three people with three vectors each, and a query of the first and of a stranger."""
    vectors = embeddings(0, 4, 4)
    for person in range(3):
        for number in range(3):
            place = folder / f"gallery/person{person}/{number}"
            # Both namings, and one whose photograph is gone.
            if number < 2:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.with_suffix(".jpg").write_bytes(b"not looked at")
            name = ".jpg.vector" if number == 0 else ".vector"
            write_vector(place.with_suffix(name), vectors[person, number])
    for name, person in (("scene/known", 0), ("scene/stranger", 3)):
        image = folder / f"queries/{name}.jpg"
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_bytes(b"not looked at")
        write_vector(image.with_suffix(".vector"), vectors[person, 3])
    return vectors


def configure(folder: Path, **keys: object) -> None:
    base = {"gallery": "gallery", "queries": "queries", "names": None, "shards": 2}
    (folder / "take.yaml").write_text(yaml.safe_dump(base | keys))


def weightless(folder: Path) -> Workflow:
    """The workflow in a clone without any weights, where fetching them would fail loudly."""
    project = folder / "project"
    snakefile = project_copy(project, weights=False)
    registry = (project / "config/models.yaml").read_text()
    (project / "config/models.yaml").write_text(registry.replace("https://", "https://0.invalid/"))
    (folder / "data").mkdir()
    return Workflow(folder / "data", snakefile)


def original_distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one.astype(float) - other.astype(float)))


def test_a_library_of_vectors_needs_no_model(tmp_path: Path) -> None:
    workflow = weightless(tmp_path)
    data = workflow.folder
    vectors = library(data)
    configure(data, import_vectors=True)
    printed = workflow.succeed("results/scores.tsv", "results/images.tsv", *PRESET)
    assert "fetch_weights" not in printed
    assert "model loaded" not in workflow.log("embed_shard")

    tables = [read_table(path) for path in (data / "results/gallery/tables").glob("*.parquet")]
    rows = {row["image"]: row for table in tables for row in table.to_pylist()}
    assert len(rows) == 9
    assert rows["person0/0.jpg"]["reason"] == "embedding taken from person0/0.jpg.vector"
    assert rows["person0/1.jpg"]["reason"] == "embedding taken from person0/1.vector"
    np.testing.assert_array_equal(rows["person2/2.vector"]["embedding"], vectors[2, 2])

    # The original's numbers: the nearest of three, rounded, less 0.5 for each further hit.
    (best, *_) = json.loads((data / "results/queries/matches/scene/known.jpg.json").read_text())
    nearest = min(original_distance(vectors[0, 3], vectors[0, n]) for n in range(3))
    assert best == {"id": "person0", "distance": round(round(nearest, 2) - 1.0, 2), "hits": 3}


def test_vectors_that_cannot_be_used_are_rows_and_the_rest_goes_on(tmp_path: Path) -> None:
    workflow = weightless(tmp_path)
    data = workflow.folder
    library(data)
    (data / "gallery/person0/0.jpg.vector").write_text("[1.0, 2.0")
    write_vector(data / "gallery/person1/1.vector", np.ones(128))
    write_vector(data / "queries/scene/short.vector", np.ones(4096))
    configure(data, import_vectors=True)
    workflow.succeed("results/scores.tsv", "results/images.tsv", *PRESET)
    images = pd.read_csv(data / "results/images.tsv", sep="\t").set_index("image")
    bad = images[images["status"] == "bad_vector"]
    assert set(bad.index) == {"person0/0.jpg", "person1/1.jpg", "scene/short.vector"}
    assert "holds 128 numbers; the model gives 512" in str(bad.loc["person1/1.jpg", "reason"])
    assert (images["faces"] == (images["status"] == "ok")).all()


def test_images_without_a_vector_need_the_model(tmp_path: Path) -> None:
    workflow = weightless(tmp_path)
    data = workflow.folder
    library(data)
    (data / "queries/scene/new.jpg").write_bytes(b"to be embedded")
    configure(data, import_vectors=True)
    printed = workflow.succeed("-n", "results/scores.tsv", *PRESET)
    assert "facenet512_weights.h5" in printed
    # Only the shard that has the new image asks for it.
    wanting = [line for line in printed.splitlines() if "facenet512_weights.h5," in line]
    assert len([line for line in wanting if "queries/manifests" in line]) <= 1


def test_vectors_beside_the_images_cannot_be_both_read_and_written(tmp_path: Path) -> None:
    library(tmp_path)
    configure(tmp_path, import_vectors=True, sidecars="beside")
    printed = Workflow(tmp_path).fail("-n", *PRESET)
    assert "import_vectors" in printed
    assert "sidecars" in printed


def test_an_existing_index_is_searched_as_it_is(tmp_path: Path) -> None:
    workflow = weightless(tmp_path)
    data = workflow.folder
    vectors = embeddings(1, 20, 4)
    # In the order of a folder walk, which is no order.
    order = np.random.default_rng(0).permutation(20 * 3)
    items = vectors[:, :3].reshape(-1, DIMENSION)[order]
    labels = [f"id{number // 3:02}=some folder" for number in order]
    write_original(data / "old", items, labels)
    write_vector(data / "queries/scene/known.vector", vectors[4, 3])
    configure(data, import_vectors=True, gallery="nowhere", index={"existing": "old"})
    workflow.succeed("results/scores.tsv", "results/images.tsv", *PRESET)

    gallery = data / "results/gallery"
    assert (gallery / "face.db").read_bytes() == (data / "old/face.db").read_bytes()
    assert json.loads((gallery / "face.json").read_text()) == labels
    faces = read_table(gallery / "faces.parquet")
    np.testing.assert_array_equal(np.array(faces["embedding"].to_pylist(), np.float32), items)

    # What the original's matcher answers from that very file.
    (best, second, *_) = json.loads(
        (data / "results/queries/matches/scene/known.vector.json").read_text()
    )
    nearest = min(original_distance(vectors[4, 3], vectors[4, n]) for n in range(3))
    assert best == {"id": "id04", "distance": round(round(nearest, 2) - 1.0, 2), "hits": 3}
    assert second["distance"] > best["distance"] + 5
    assert workflow.scores()["ID"].iloc[0] == "id04"

    # Other embeddings than the file's are wanted now: it is built anew, in the same order.
    configure(
        data,
        import_vectors=True,
        gallery="nowhere",
        index={"existing": "old", "normalize": True},
        match={"search": "exact", "ranking": "nearest"},
    )
    workflow.succeed("results/scores.tsv", *PRESET)
    assert (gallery / "face.db").read_bytes() != (data / "old/face.db").read_bytes()
    assert json.loads((gallery / "face.json").read_text()) == labels


@pytest.mark.long
def test_a_person_of_an_existing_index_is_forgotten(tmp_path: Path) -> None:
    """The index is the user's own, like photographs: it stays, and nobody comes back from it."""
    workflow = weightless(tmp_path)
    data = workflow.folder
    vectors = embeddings(3, 6, 4)
    items = vectors[:, :3].reshape(-1, DIMENSION)
    labels = [f"somebody-{number // 3}" for number in range(len(items))]
    write_original(data / "old", items, labels)
    before = {path.name: path.read_bytes() for path in (data / "old").iterdir()}
    write_vector(data / "queries/scene/known.vector", vectors[4, 3])
    # A folder of the gallery's name is not the gallery here, and none of this command's business.
    bystander = data / "gallery/somebody-4/face.vector"
    write_vector(bystander, np.ones(DIMENSION))
    configure(data, import_vectors=True, index={"existing": "old"}, shards=1)
    targets = ("results/scores.tsv", "results/images.tsv")
    workflow.succeed(*targets, *PRESET)
    assert "somebody-4" in workflow.scores()["ID"].tolist()
    heads = [vector[:4].tobytes() for vector in items[12:15]]
    assert all(head in (data / "results/gallery/face.db").read_bytes() for head in heads)

    assert "somebody-4" in workflow.fail("forget", *PRESET, "--config", "person=somebody-44")
    printed = workflow.succeed("forget", *PRESET, "--config", "person=somebody-4")
    assert "Nor was the index in old" in printed
    for again in (False, True):
        if again:
            shutil.rmtree(data / "results/gallery")
            workflow.succeed(*targets, *PRESET)
        left = sorted(path for path in (data / "results").rglob("*") if path.is_file())
        assert not [p for p in left if "somebody-4" in str(p)]
        for path in left:
            content = path.read_bytes()
            if path.suffix == ".parquet":
                table = read_table(path)
                content = repr(table.to_pylist()).encode()
                if "embedding" in table.column_names:
                    content += lists(table["embedding"]).flatten().to_numpy().tobytes()
            for trace in (b"somebody-4", *heads):
                assert trace not in content, path
        kept = [label for label in labels if label != "somebody-4"]
        assert json.loads((data / "results/gallery/face.json").read_text()) == kept
    assert set(workflow.scores()["ID"]) <= set(kept)
    assert {path.name: path.read_bytes() for path in (data / "old").iterdir()} == before
    assert bystander.exists()


def likely(folder: Path) -> dict[str, float]:
    """Give for each query how likely it is somebody of the gallery at all."""
    tables = [read_table(path) for path in (folder / "results/queries/matches").glob("*.parquet")]
    rows = pd.concat([table.to_pandas() for table in tables])
    return {str(image): float(own.sum()) for image, own in rows.groupby("image")["probability"]}


def test_the_share_of_known_people_moves_every_probability(tmp_path: Path) -> None:
    """From the config to the matches, without embedding or evaluating anew."""
    workflow = weightless(tmp_path)
    data = workflow.folder
    rng = np.random.default_rng(1)
    centres = rng.normal(0, 1, (100, 1, DIMENSION))
    vectors = centres + rng.normal(0, 3, (100, 5, DIMENSION))  # far enough apart to be unsure
    for person, own in enumerate(vectors):
        for number in range(4 * (person < 60)):
            write_vector(data / f"gallery/p{person}/{number}.vector", own[number])
        write_vector(data / f"queries/{person}.vector", own[4])
    match = {"ranking": "likelihood", "threshold": "auto"}
    keys = {"import_vectors": True, "index": {"normalize": True}}
    configure(data, **keys, match=match)
    workflow.succeed("results/scores.tsv", *PRESET)
    even = likely(data)
    configure(data, **keys, match=match | {"known_share": 0.1})
    printed = workflow.succeed("results/scores.tsv", *PRESET)
    assert "rule evaluate:" not in printed
    assert "rule embed_shard:" not in printed
    rare = likely(data)
    told = [image for image, share in even.items() if 0.01 < share < 0.99]
    assert len(told) > 20
    for image in told:  # known : unknown was 1 : 1 and is 1 : 9
        odds = [share[image] / (1 - share[image]) for share in (even, rare)]
        assert odds[0] / odds[1] == pytest.approx(9, rel=1e-4)
