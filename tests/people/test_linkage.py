"""Average linkage over a neighbour graph, held against SciPy's over all distances."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform
from visage.people.linkage import gather, mean_distance, within_pictures
from visage.types import Floats, Indices

CUT = 0.8
NOBODY_APART = np.empty((0, 2), np.int64)


def faces(seed: int, count: int, people: int) -> Floats:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(people, 16))[random.integers(0, people, count)]
    vectors += 0.6 * random.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def by_scipy(vectors: Floats, apart: Indices) -> Indices:
    distances = squareform(pdist(vectors.astype(np.float64), "sqeuclidean"))
    distances[apart[:, 0], apart[:, 1]] = distances[apart[:, 1], apart[:, 0]] = 1e9
    return fcluster(linkage(squareform(distances), "average"), CUT**2, "distance")


def together(labels: Indices) -> np.ndarray:
    return labels[:, None] == labels[None]


@pytest.mark.parametrize("neighbours", [1000, 8, 2])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_average_linkage(seed: int, neighbours: int) -> None:
    vectors = faces(seed, 250, 40)
    apart = within_pictures(np.random.default_rng(seed).integers(0, 120, 250))
    found, expected = gather(vectors, apart, CUT, neighbours=neighbours), by_scipy(vectors, apart)
    if neighbours > 2:
        assert (together(found) == together(expected)).all()
    assert not (found[apart[:, 0]] == found[apart[:, 1]]).any()


def test_a_burst_of_copies_is_joined_to_the_rest_of_the_person() -> None:
    person = faces(0, 1, 1)[0]
    noise = np.random.default_rng(1).normal(size=(60, 16)).astype(np.float32)
    burst = person + 0.01 * noise[:50]  # each has more near copies than the graph has room for
    found = gather(np.vstack([burst, person + 0.1 * noise[50:]]), NOBODY_APART, CUT, neighbours=4)
    assert set(found) == {0}


def test_the_same_face_twice_in_one_picture_stays_two() -> None:
    vectors = np.repeat(faces(0, 1, 1), 3, axis=0)
    found = gather(vectors, np.array([[0, 1]]), CUT)
    assert found[0] != found[1]
    assert found.tolist() == [0, 1, 0]  # equal distances: the lower number first


def test_nobody() -> None:
    assert gather(np.empty((0, 0), np.float32), NOBODY_APART, CUT).tolist() == []


def test_pairs_within_pictures() -> None:
    pairs = within_pictures(np.array([3, 1, 3, 0, 3, 1]))
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} == {(0, 2), (0, 4), (2, 4), (1, 5)}


def test_mean_distance_is_the_mean_over_the_cluster() -> None:
    vectors = faces(5, 9, 2)
    expected = squareform(pdist(vectors.astype(np.float64), "sqeuclidean")).mean(axis=1)
    np.testing.assert_allclose(mean_distance(vectors), expected, atol=1e-6)


def test_cells_find_the_same_people_whatever_the_number_of_threads() -> None:
    random = np.random.default_rng(3)
    people = np.repeat(random.normal(size=(400, 64)), 5, axis=0)
    vectors = people + 0.5 * random.normal(size=people.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    # Each third photograph shows two of a person's faces, a mirror's.
    apart = np.stack([np.arange(0, 2000, 5), np.arange(1, 2000, 5)], axis=1)[::3]
    exact = gather(vectors, apart, CUT)
    by_cells = gather(vectors, apart, CUT, exact=0)
    assert (together(by_cells) == together(exact)).mean() > 0.9999
    assert not (by_cells[apart[:, 0]] == by_cells[apart[:, 1]]).any()
    assert (gather(vectors, apart, CUT, exact=0, threads=3) == by_cells).all()
