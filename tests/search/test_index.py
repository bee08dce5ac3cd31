"""The index: which faces count, its three files, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from annoy import AnnoyIndex
from visage.errors import VisageError
from visage.search.index import build_index
from visage.store.faces import FACES
from visage.store.tables import Origin, read_origin, read_table, write_table

ORIGIN = Origin("m", "f" * 64)


def face(image: str, embedding: list[float] | None, number: int = 0) -> dict[str, Any]:
    status = {"status": "ok"} if embedding else {"status": "no_face", "reason": "none found"}
    person = image.rpartition("/")[0]
    return {"image": image, "person": person, "face": number, "embedding": embedding} | status


def table(path: Path, rows: list[dict], origin: Origin = ORIGIN) -> Path:
    write_table(path, pa.Table.from_pylist(rows, FACES), origin)
    return path


def build(folder: Path, tables: list[Path], normalize: bool = True) -> pa.Table:
    faces, annoy, labels = folder / "faces.parquet", folder / "face.db", folder / "face.json"
    build_index(tables, faces, annoy, labels, normalize, 10, 42)
    return read_table(faces)


def test_files_belong_together(tmp_path: Path) -> None:
    tables = [
        table(tmp_path / "0", [face("bob/2.jpg", [0, 5]), face("amy/1.jpg", [3, 4])]),
        table(
            tmp_path / "1", [face("bob/1.jpg", [4, 3]), face("bob/0.jpg", None), face("x", [1, 1])]
        ),
        table(tmp_path / "2", []),
    ]
    faces = build(tmp_path / "index", tables)
    assert faces["image"].to_pylist() == ["amy/1.jpg", "bob/1.jpg", "bob/2.jpg"]
    assert faces.schema.names == FACES.names
    assert faces["embedding"].to_pylist() == [[3, 4], [4, 3], [0, 5]]  # as the model gave them
    assert read_origin(tmp_path / "index/faces.parquet") == ORIGIN
    assert json.loads((tmp_path / "index/face.json").read_text()) == ["amy", "bob", "bob"]
    index = AnnoyIndex(2, "euclidean")
    index.load(str(tmp_path / "index/face.db"))
    # (3, 4) / 5, (4, 3) / 5, (0, 5) / 5
    vectors = np.array([index.get_item_vector(item) for item in range(3)])
    np.testing.assert_allclose(vectors, np.array([[0.6, 0.8], [0.8, 0.6], [0, 1]]), rtol=1e-6)
    build(tmp_path / "raw", tables, normalize=False)
    index.load(str(tmp_path / "raw/face.db"))
    assert index.get_item_vector(0) == [3, 4]


def test_same_input_gives_same_bytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [face(f"p{n % 9}/{n}.jpg", rng.normal(size=8).tolist()) for n in range(300)]
    tables = [table(tmp_path / "0", rows[:200]), table(tmp_path / "1", rows[200:])]
    build(tmp_path / "a", tables)
    build(tmp_path / "b", tables[::-1])
    for name in ("faces.parquet", "face.db", "face.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(("others", "number"), [(2, 1), (1, 0)])
def test_the_face_that_agrees_with_the_other_photographs_counts(
    tmp_path: Path, others: int, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    # In amy/9.jpg a stranger stands in front: cosine 0 with amy's other photographs, her own face
    # behind has 0.8. One other photograph is not enough to say who of the two she is.
    rows = [face(f"amy/{n}.jpg", [7, 0]) for n in range(others)]
    rows += [face("amy/9.jpg", [0, 30], 0), face("amy/9.jpg", [8, 6], 1)]
    caplog.set_level("INFO")
    faces = build(tmp_path / "i", [table(tmp_path / "0", rows)])
    assert faces["image"].to_pylist()[-1] == "amy/9.jpg"
    assert len(faces) == others + 1
    assert faces["face"].to_pylist()[-1] == number
    assert ("amy/9.jpg: face 1 counts" in caplog.text) == bool(number)


def test_one_image_of_one_person(tmp_path: Path) -> None:
    faces = build(tmp_path, [table(tmp_path / "0", [face("amy/1.jpg", [3, 4])])])
    assert len(faces) == 1


def test_gallery_without_faces(tmp_path: Path) -> None:
    with pytest.raises(VisageError, match=r"no usable face \(2 no_face\)"):
        build(tmp_path, [table(tmp_path / "0", [face("a/1.jpg", None), face("a/2.jpg", None)])])
    with pytest.raises(VisageError, match="no image"):
        build(tmp_path, [table(tmp_path / "0", [])])


@pytest.mark.parametrize("bad", [[1.0, float("nan")], [float("inf"), 1.0], [1.0, 2.0, 3.0]])
def test_damaged_embedding_is_named(tmp_path: Path, bad: list[float]) -> None:
    rows = [face("a/1.jpg", [1, 2]), face("a/bad.jpg", bad), face("a/3.jpg", [1, 2])]
    with pytest.raises(VisageError, match=r"a/bad\.jpg"):
        build(tmp_path / "i", [table(tmp_path / "0", rows)])
    assert not (tmp_path / "i").exists()


def test_models_never_mix(tmp_path: Path) -> None:
    tables = [
        table(tmp_path / "0", [face("a/1.jpg", [1, 2])]),
        table(tmp_path / "1", [face("a/2.jpg", [1, 2])], Origin("m", "0" * 64)),
    ]
    with pytest.raises(VisageError, match="different models"):
        build(tmp_path / "i", tables)


def test_damaged_table_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "0", [face("a/1.jpg", [1, 2])])
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(VisageError, match=f"{path} is damaged"):
        build(tmp_path / "i", [path])
