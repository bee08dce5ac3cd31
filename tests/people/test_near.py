"""The graph of near clusters, held against all distances."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from visage.people import near as module
from visage.people.cells import Everything
from visage.people.near import Edges, near
from visage.people.sums import Sums
from visage.types import Floats, Indices

LIMIT = 1.2


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 16)
    monkeypatch.setattr(module, "COLUMNS", 48)
    monkeypatch.setattr(module, "ROOM", 300)


@pytest.fixture
def vectors() -> Floats:
    return np.random.default_rng(0).normal(size=(150, 6)).astype(np.float32) * 0.5


def found(vectors: Floats, again: Indices, most: int, threads: int = 2) -> tuple[Edges, Indices]:
    with ThreadPoolExecutor(threads) as pool:
        return near(Sums(vectors), Everything(len(vectors)), again, LIMIT, most, pool)


def pairs(edges: Edges) -> set[tuple[int, int]]:
    return set(zip(edges.one.tolist(), edges.other.tolist(), strict=True))


def expected(vectors: Floats) -> tuple[np.ndarray, set[tuple[int, int]]]:
    far = squareform(pdist(vectors.astype(np.float64), "sqeuclidean"))
    one, other = np.nonzero(np.triu(far <= LIMIT, 1))
    return far, set(zip(one.tolist(), other.tolist(), strict=True))


def test_every_near_pair_is_found_once_and_measured(vectors: Floats) -> None:
    edges, crowded = found(vectors, np.arange(150), 150)
    far, all_pairs = expected(vectors)
    assert len(edges) == len(all_pairs) > 300 and pairs(edges) == all_pairs
    np.testing.assert_allclose(edges.distance, far[edges.one, edges.other], atol=1e-5)
    assert not len(crowded)


def test_only_pairs_with_those_asked_for(vectors: Floats) -> None:
    again = np.array([149, 3, 70])
    edges, _ = found(vectors, np.sort(again), 150)
    assert pairs(edges) == {pair for pair in expected(vectors)[1] if {*pair} & {*again.tolist()}}


def test_each_keeps_its_nearest_and_it_is_said_who_had_more(vectors: Floats) -> None:
    edges, crowded = found(vectors, np.arange(150), 4)
    far, all_pairs = expected(vectors)
    np.fill_diagonal(far, np.inf)
    degree = (far <= LIMIT).sum(axis=1)
    assert set(crowded.tolist()) == set(np.flatnonzero(degree > 4).tolist())
    nearest = np.argsort(far, axis=1)[:, :4]
    wanted = {
        (min(row, int(item)), max(row, int(item))) for row in range(150) for item in nearest[row]
    } & all_pairs
    assert pairs(edges) >= wanted
    assert len(edges) < len(all_pairs)


def test_the_number_of_threads_changes_nothing(vectors: Floats) -> None:
    one, three = (found(vectors, np.arange(150), 4, threads)[0] for threads in (1, 3))
    assert pairs(one) == pairs(three)
    assert (one.distance == three.distance).all()
