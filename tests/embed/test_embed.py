"""The embed step with a model that is cheap and counts its calls; the real one runs in
test_workflow.py."""

import io
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from visage.config import Faces
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Problem, Reader, Task
from visage.embed.rows import imported_row, rows_of
from visage.embed.selection import Choice
from visage.errors import VisageError
from visage.images.reading import read
from visage.sets.listing import Entry, Stat, list_entries
from visage.store.faces import FaceRow
from visage.store.sidecars import write_sidecar
from visage.types import Detector, Embeddings, Face, Model, Pixels

SETTINGS = Faces()


class Counting(Detector):
    """Finds one face a bright column, and embeds a face as its mean colour."""

    size = (16, 16)

    def __init__(self, batch: int = 1) -> None:
        self.batch = batch
        self.detected = 0
        self.recognised = 0
        self.lock = threading.Lock()

    def detect(self, pixels: Pixels) -> list[Face]:
        with self.lock:
            self.detected += 1
        bright = pixels[0, :, 0] > 100
        starts = np.flatnonzero(np.diff(np.concatenate([[0], bright.astype(int)])) == 1)
        nothing = np.full((5, 2), np.nan, np.float32)
        return [Face(float(x), 0.0, 30.0 + i, 30.0 + i, 0.9, nothing) for i, x in enumerate(starts)]

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        with self.lock:
            self.recognised += len(crops)
        return np.stack([crop.mean(axis=(0, 1)).astype(np.float32) for crop in crops])

    def model(self) -> Model:
        return Model(
            lambda: self,
            self,
            lambda pixels, face: np.ascontiguousarray(
                pixels[:16, int(face.x) : int(face.x) + 16]
            ).copy(),
        )


def picture(columns: int, shade: int = 200) -> bytes:
    pixels = np.zeros((64, 40 * max(columns, 1), 3), np.uint8)
    for column in range(columns):
        pixels[:, 40 * column + 4 : 40 * column + 34] = shade + column
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def run(
    folder: Path, counting: Counting, settings: Faces = SETTINGS, threads: int = 2
) -> dict[str, list[FaceRow]]:
    cache = Cache(folder / "cache")
    hashes = Hashes(folder / "hashes.parquet")
    reader = Reader(folder / "set", hashes)
    embedder = Embedder(reader, settings, counting.model, cache, threads)
    tasks = [Task(entry, None) for entry in list_entries(folder / "set", False)]
    rows = {
        task.entry.image: rows_of(task, result, settings) for task, result in embedder.run(tasks)
    }
    cache.close()
    hashes.save()
    return rows


def put(folder: Path, name: str, data: bytes) -> None:
    path = folder / "set" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.mark.parametrize("batch", [1, 4])
def test_the_same_bytes_are_embedded_once_wherever_they_are(tmp_path: Path, batch: int) -> None:
    put(tmp_path, "a/one.png", picture(1))
    put(tmp_path, "a/copy.png", picture(1))
    put(tmp_path, "b/two.png", picture(2))
    counting = Counting(batch)
    rows = run(tmp_path, counting)
    assert (counting.detected, counting.recognised) == (2, 3)
    assert [len(rows[name]) for name in sorted(rows)] == [1, 1, 2]
    np.testing.assert_array_equal(rows["a/one.png"][0].embedding, rows["a/copy.png"][0].embedding)
    # Renamed, moved to another person, and one added: only the new one is embedded.
    (tmp_path / "set/a/one.png").rename(tmp_path / "set/b/renamed.png")
    put(tmp_path, "c/three.png", picture(3))
    again = run(tmp_path, counting)
    assert (counting.detected, counting.recognised) == (3, 6)
    assert set(again) == {"a/copy.png", "b/renamed.png", "b/two.png", "c/three.png"}


def test_a_change_of_faces_settings_embeds_only_what_it_newly_asks_for(tmp_path: Path) -> None:
    put(tmp_path, "a/three.png", picture(3))
    counting = Counting()
    assert len(run(tmp_path, counting, SETTINGS.replace(keep="largest"))["a/three.png"]) == 1
    assert counting.recognised == 1
    rows = run(tmp_path, counting)["a/three.png"]
    assert counting.recognised == 4
    assert [row.w for row in rows] == [31.0, 32.0, 30.0]  # the one in the middle first
    strict = run(tmp_path, counting, SETTINGS.replace(min_size=31))["a/three.png"]
    assert counting.recognised == 4
    assert [row.status for row in strict] == ["ok", "ok", "too_small"]
    assert "faces.min_size" in strict[2].reason


def test_every_image_ends_in_a_row(tmp_path: Path) -> None:
    put(tmp_path, "a/good.png", picture(1))
    put(tmp_path, "a/nobody.png", picture(0))
    put(tmp_path, "a/empty.png", b"")
    put(tmp_path, "a/cut.png", picture(2)[:80])
    (tmp_path / "set/a/link.png").symlink_to(tmp_path / "nowhere.png")
    rows = run(tmp_path, Counting())
    assert {name: row[0].status for name, row in rows.items()} == {
        "a/good.png": "ok",
        "a/nobody.png": "no_face",
        "a/empty.png": "unreadable",
        "a/cut.png": "unreadable",
        "a/link.png": "unreadable",
    }
    assert all(row[0].reason for name, row in rows.items() if name != "a/good.png")


def test_an_image_that_vanishes_after_the_listing_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a/gone.png", picture(1))
    (entry,) = list_entries(tmp_path / "set", False)
    (tmp_path / "set/a/gone.png").unlink()
    reader = Reader(tmp_path / "set", Hashes(tmp_path / "h"))
    embedder = Embedder(reader, SETTINGS, Counting().model, Cache(tmp_path / "cache"), 1)
    ((_, result),) = embedder.run([Task(entry, None)])
    assert isinstance(result, Problem)
    assert result.status == "changed"


def test_the_next_image_is_read_while_one_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a/1.png", picture(1))
    put(tmp_path, "a/2.png", picture(2))
    opened = threading.Event()

    def noted(path: Path) -> tuple[bytes, Stat]:
        if path.name == "2.png":
            opened.set()
        return read(path)

    class Patient(Counting):
        def detect(self, pixels: Pixels) -> list[Face]:
            assert opened.wait(60), "nothing is read before this one is done"
            return super().detect(pixels)

    monkeypatch.setattr("visage.embed.reader.read", noted)
    assert len(run(tmp_path, Patient(), threads=1)["a/2.png"]) == 2


def test_what_happens_without_a_face_is_the_configs_choice(tmp_path: Path) -> None:
    put(tmp_path, "a/nobody.png", picture(0))
    counting = Counting()
    whole = SETTINGS.replace(no_face="whole_image")
    (row,) = run(tmp_path, counting, whole)["a/nobody.png"]
    assert (row.status, row.face, row.w, row.h) == ("ok", 0, 40.0, 64.0)
    assert "whole image" in row.reason
    with pytest.raises(VisageError, match=r"a/nobody\.png has no face"):
        run(tmp_path, counting, SETTINGS.replace(no_face="fail"))


def test_damaged_cache_files_are_left_aside(tmp_path: Path) -> None:
    put(tmp_path, "a/one.png", picture(1))
    counting = Counting()
    first = run(tmp_path, counting)
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    (tmp_path / "hashes.parquet").write_bytes(b"junk")
    again = run(tmp_path, counting)
    assert counting.recognised == 2
    np.testing.assert_array_equal(first["a/one.png"][0].embedding, again["a/one.png"][0].embedding)


def test_only_faces_centred_in_a_region_count() -> None:
    unknown = np.full((5, 2), np.nan, np.float32)
    faces = [Face(0, 0, 40, 40, 0.9, unknown), Face(100, 0, 30, 30, 0.9, unknown)]
    chosen = Choice(SETTINGS, [(90, 0, 60, 60)]).of(faces, (200, 60))
    assert [(item.index, item.status) for item in chosen] == [(1, "ok"), (0, "outside_region")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1.0, 2.0]", "holds 2 numbers; the model gives 3"),
        ("[1.0, NaN, 2.0]", "not a finite number"),
        ("[1, 2, 1e999]", "not a finite number"),
        ('{"a": 1}', "not a list of numbers"),
        ("[1, 2,", "not JSON"),
        ("[0, 0, 0]", "zeros only"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_vector_file_that_is_no_embedding_is_a_row(
    tmp_path: Path, content: str, words: str
) -> None:
    put(tmp_path, "a/x.jpg", b"")
    put(tmp_path, "a/x.vector", content.encode())
    (entry,) = list_entries(tmp_path / "set", True)
    row = imported_row(tmp_path / "set", entry, 3)
    assert row.status == "bad_vector"
    assert words in row.reason
    assert isinstance(entry, Entry)


def test_another_programs_file_beside_an_image_is_left_alone(tmp_path: Path) -> None:
    for name, content in {
        "photo.jpg.json": '{"title": "holiday"}',
        "tags.jpg.json": '["beach", "2019"]',
        "list.jpg.json": '[{"title": "holiday"}]',
        "logo.png.vector": "<svg/>",
        "words.png.vector": '["a"]',
    }.items():
        exported = tmp_path / name
        exported.write_text(content)
        assert not write_sidecar(exported, [], 0o644), name
        assert exported.read_text() == content
    written: dict[str, list[list]] = {
        "ours.jpg.json": [[], [{"id": "ann", "distance": 0.5, "hits": 1}], []],
        "ours.jpg.vector": [[1.5], [-2.5], []],
    }
    for name, values in written.items():
        for value in values:
            assert write_sidecar(tmp_path / name, value, 0o600)
            assert json.loads((tmp_path / name).read_text()) == value
