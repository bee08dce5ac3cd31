"""The cache: what it holds is found, from segments of this version and of the one before."""

import hashlib
import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from visage.embed import cache as module
from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.cache import _BEFORE, ROW_GROUP, Cache
from visage.status import Status
from visage.types import Face


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def analysis(number: int, quality: float | None = None) -> Analysis:
    points = np.arange(10, dtype=np.float32).reshape(5, 2)
    embedding = np.array([3, number], np.float32)
    face = AnalysedFace(Face(1, 2, 30, 40, 0.5, points), 7.0, embedding, quality)
    return Analysis(sha(number), Status.OK, "a note", 300, 400, [face], None, "PNG")


def fill(folder: Path, numbers: range) -> None:
    cache = Cache(folder, 10.0)
    for number in numbers:
        cache.add(analysis(number, 0.8))
    cache.close()


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    fill(tmp_path, range(200))
    fill(tmp_path, range(150, 300))
    found = Cache(tmp_path, 10.0).find({sha(number) for number in (5, 199, 250, 999)})
    assert {key: len(items) for key, items in found.items()} == {
        **{sha(5): 1, sha(199): 2, sha(250): 1}  # every analysis there is
    }
    (one,) = found[sha(5)]
    expected = analysis(5, 0.8)
    assert (one.sha256, one.status, one.reason, one.format) == (sha(5), "ok", "a note", "PNG")
    np.testing.assert_array_equal(one.faces[0].embedding, expected.faces[0].embedding)
    np.testing.assert_array_equal(one.faces[0].face.landmarks, expected.faces[0].face.landmarks)
    assert one.faces[0].quality == pytest.approx(0.8)
    # Kept as a length: with another usual one nothing has to be embedded again.
    assert Cache(tmp_path, 20.0).find({sha(5)})[sha(5)][0].faces[0].quality == pytest.approx(0.4)


def test_of_a_segment_only_what_is_needed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, range(10 * ROW_GROUP))
    fill(tmp_path, range(1000, 1100))
    read: list[tuple[Path, list[int]]] = []
    original = Cache._analyses

    def noted(self: Cache, path: Path, groups: list[int]) -> list[Analysis]:
        read.append((path, groups))
        return original(self, path, groups)

    monkeypatch.setattr(Cache, "_analyses", noted)
    monkeypatch.setattr(module, "_hashes_of", lambda _: pytest.fail("the segment itself is read"))
    assert Cache(tmp_path).find({sha(3)})[sha(3)]
    ((_, groups),) = read
    assert groups == [0]


@pytest.mark.parametrize("damage", ["gone", "cut", "of another segment", "junk"])
def test_a_list_that_does_not_fit_is_made_again(tmp_path: Path, damage: str) -> None:
    fill(tmp_path, range(100))
    (keys,) = tmp_path.glob("*.keys")
    whole = keys.read_bytes()
    if damage == "gone":
        keys.unlink()
    elif damage == "cut":
        keys.write_bytes(whole[:-12])
    elif damage == "junk":
        keys.write_bytes(b"junk")
    else:
        fill(tmp_path / "other", range(200))
        (other,) = (tmp_path / "other").glob("*.keys")
        keys.write_bytes(other.read_bytes())
    assert len(Cache(tmp_path).find({sha(n) for n in range(100)})) == 100
    assert keys.read_bytes() == whole


def test_segments_of_the_version_before_are_taken_up(tmp_path: Path) -> None:
    """They had no lists, no lengths and no formats; what they could not read may be read now."""
    face = {"box": [1.0, 2.0, 30.0, 40.0], "confidence": 0.5, "landmarks": [0.0] * 10}
    face |= {"sharpness": 7.0, "embedding": [3.0, 4.0]}
    common = {"reason": "", "width": 1, "height": 1, "whole": None}
    rows = [
        {"sha256": sha(1), "status": "ok", "faces": [face]} | common,
        {"sha256": sha(2), "status": "unreadable", "faces": []} | common,
    ]
    pq.write_table(pa.Table.from_pylist(rows, _BEFORE), tmp_path / "18c0-0123.parquet")
    found = Cache(tmp_path, 10.0).find({sha(1), sha(2)})
    assert set(found) == {sha(1)}
    assert found[sha(1)][0].faces[0].quality == pytest.approx(0.5)
    assert list(tmp_path.glob("*.keys"))


def test_a_damaged_segment_is_said_and_left_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path, range(10))
    (segment,) = tmp_path.glob("*.parquet")
    data = bytearray(segment.read_bytes())
    data[len(data) // 3] ^= 0xFF
    segment.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        found = Cache(tmp_path).find({sha(n) for n in range(10)})
    assert not found or len(found) == 10
    assert bool(found) != ("is damaged" in caplog.text)
