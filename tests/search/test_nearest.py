"""The searches, against brute force in float64."""

import logging
from pathlib import Path

import numpy as np
import pytest
from annoy import AnnoyIndex
from visage.errors import VisageError
from visage.search import nearest as search
from visage.search.nearest import Found, annoy_search, exact, exact_people, load_annoy, recall


def brute(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """All distances, in float64, from the differences."""
    return np.sqrt(((queries[:, None].astype(np.float64) - items[None]) ** 2).sum(axis=2))


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    items = rng.normal(size=(400, 12)).astype(np.float32)
    items[200:210] = items[17]  # ten copies of one photograph
    queries = rng.normal(size=(90, 12)).astype(np.float32)
    queries[5] = items[17]
    return queries, items


def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BLOCK", 33)
    monkeypatch.setattr(search, "_rows", lambda n, *_: [slice(s, s + 7) for s in range(0, n, 7)])


@pytest.mark.parametrize("k", [1, 13, 399, 400, 1000])
def test_exact_is_brute_force(
    data: tuple[np.ndarray, np.ndarray], k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, items = data
    in_small_pieces(monkeypatch)
    found = exact(queries, items, k)
    distances = brute(queries, items)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(found.items, order)
    np.testing.assert_allclose(found.distances, np.take_along_axis(distances, order, 1), rtol=1e-12)


def test_equal_vectors_are_zero_apart_and_in_order(data: tuple[np.ndarray, np.ndarray]) -> None:
    queries, items = data
    found = exact(1000 * queries, 1000 * items, 11)
    assert found.items[5].tolist() == [17, *range(200, 210)]
    assert found.distances[5].tolist() == [0.0] * 11


def test_memory_bounds_the_pieces() -> None:
    pieces = search._rows(1000, 100_000, 24)
    assert pieces[0] == slice(0, 10)  # 24 MB / (3 arrays x 8 bytes x 100,000 items)
    assert pieces[-1].stop == 1000
    assert search._rows(3, 10**9, 1) == [slice(0, 1), slice(1, 2), slice(2, 3)]


def test_nearest_of_each_person(
    data: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, items = data
    in_small_pieces(monkeypatch)
    people = np.random.default_rng(4).permutation(np.arange(400) % 40)  # not in order
    distances = brute(queries, items)
    each = np.stack([np.where(people == p, distances, np.inf).min(axis=1) for p in range(40)], 1)
    near, nearest = exact_people(queries, items, people, 5, 3)
    np.testing.assert_array_equal(near.items, exact(queries, items, 5).items)
    np.testing.assert_allclose(nearest.distances[:, :3], np.sort(each, axis=1)[:, :3], rtol=1e-12)
    wanted = np.tile([7, 2], (90, 1))
    _, chosen = exact_people(queries, items, people, 5, wanted)
    assert people[chosen.items].tolist() == wanted.tolist()
    np.testing.assert_allclose(chosen.distances, each[:, [7, 2]], rtol=1e-6)


@pytest.mark.parametrize("count", [0, 1])
def test_few_queries_and_one_item(count: int) -> None:
    items = np.array([[3, 4]], np.float32)
    found = exact(np.zeros((count, 2), np.float32), items, 50)
    assert found.items.tolist() == [[0]] * count
    assert found.distances.tolist() == [[5.0]] * count


def annoy_of(items: np.ndarray, trees: int) -> AnnoyIndex:
    index = AnnoyIndex(items.shape[1], "euclidean")
    index.set_seed(1)
    for number, item in enumerate(items):
        index.add_item(number, item.tolist())
    index.build(trees, n_jobs=1)
    return index


def test_annoy_that_looks_everywhere_is_exact(data: tuple[np.ndarray, np.ndarray]) -> None:
    queries, items = data
    found = annoy_search(queries, annoy_of(items, 10), 20, 100_000)
    np.testing.assert_allclose(found.distances, exact(queries, items, 20).distances, atol=1e-5)
    assert recall(queries, items, found) == 1.0


def test_annoy_that_hardly_looks_is_warned_of(
    data: tuple[np.ndarray, np.ndarray], caplog: pytest.LogCaptureFixture
) -> None:
    queries, items = data
    found = annoy_search(queries, annoy_of(items, 1), 20, 1)
    assert recall(queries, items, found) < 0.9
    assert "match.search_k" in caplog.text


def test_recall_counts_by_distance(caplog: pytest.LogCaptureFixture) -> None:
    items = np.array([[0.0], [1.0], [1.0], [5.0]], np.float32)
    caplog.set_level(logging.INFO)
    # The nearest two of 0 are item 0 and item 1; item 2 is as good as item 1, item 3 is not.
    queries = np.zeros((2, 1), np.float32)
    found = Found(np.array([[0, 2], [0, 3]]), np.array([[0.0, 1.0], [0.0, 5.0]]))
    assert recall(queries, items, found) == 0.75  # three of four
    assert "75.0 %" in caplog.text


def test_index_of_another_gallery_is_refused(
    tmp_path: Path, data: tuple[np.ndarray, np.ndarray]
) -> None:
    _, items = data
    annoy_of(items, 2).save(str(tmp_path / "face.db"))
    assert load_annoy(tmp_path / "face.db", 12, 400).get_n_items() == 400
    with pytest.raises(VisageError, match="do not belong together"):
        load_annoy(tmp_path / "face.db", 12, 399)
    with pytest.raises(VisageError, match=r"missing\.db"):
        load_annoy(tmp_path / "missing.db", 12, 400)
