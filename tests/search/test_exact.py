"""The searches, against brute force in float64."""

import numpy as np
import pytest
from searching import queries_and_items
from visage.search import exact as search
from visage.search.exact import ExactSearch, exact, exact_people
from visage.search.faces import Faces


def brute(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """All distances, in float64, from the differences."""
    return np.sqrt(((queries[:, None].astype(np.float64) - items[None]) ** 2).sum(axis=2))


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    return queries_and_items()


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


def test_the_nearest_faces_of_one_person(data: tuple[np.ndarray, np.ndarray]) -> None:
    queries, items = data
    ids = [f"p{code}" for code in np.random.default_rng(4).permutation(np.arange(400) % 40)]
    search = ExactSearch(Faces.of(items, ids, normalize=False), 3)
    own = np.array([row for row, person in enumerate(ids) if person == "p7"])
    nearest = np.argsort(brute(queries, items[own]), axis=1, kind="stable")[:, :3]
    np.testing.assert_array_equal(search.near_faces_of(queries, "p7"), own[nearest])
    few = ExactSearch(search.faces, 50)
    assert few.near_faces_of(queries, "p7").shape == (len(queries), 10), "all there are"


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
