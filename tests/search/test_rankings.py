"""Rankings, against values worked out by hand and against brute force."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from annoy import AnnoyIndex
from searching import searched
from visage.search.rankings.base import Candidates


def annoy_of(vectors: np.ndarray) -> AnnoyIndex:
    index = AnnoyIndex(vectors.shape[1], "euclidean")
    for item, vector in enumerate(vectors):
        index.add_item(item, vector.tolist())
    index.build(10, n_jobs=1)
    return index


def ranked(
    vectors: list,
    labels: list[str],
    query: list,
    normalize: bool = False,
    annoy: bool = False,
    **own: Any,
) -> list[tuple]:
    """Rank for one query: (person, distance to 4 places, hits, nearest item) in order."""
    making = annoy_of if annoy else None
    own = {"ranking": "nearest"} | own
    found, gallery = searched(vectors, labels, [query], normalize=normalize, annoy=making, **own)
    assert found.rank.tolist() == list(range(1, len(found.rank) + 1))
    return [
        (gallery.people[person], round(distance, 4), hits, nearest)
        for person, distance, hits, nearest in zip(
            found.person, found.distance, found.hits.tolist(), found.nearest.tolist(), strict=True
        )
    ]


# Directions of 0, 90, 60 and 180 degrees; between unit vectors of an angle t the distance is
# 2 sin(t / 2): 60 degrees 1, 90 degrees 1.4142, 180 degrees 2.
CIRCLE = [[10, 0], [0, 3], [0.5, 0.75**0.5], [-4, 0]]
LABELS = ["amy", "amy", "bob", "cat"]


@pytest.mark.parametrize("annoy", [False, True])
def test_nearest(annoy: bool) -> None:
    # The three nearest faces are amy's first (0), bob's (1) and amy's second (1.4142).
    found = ranked(CIRCLE, LABELS, [1, 0], normalize=True, annoy=annoy, neighbours=3)
    people = [("amy", 0.0, 2, 0), ("bob", 1.0, 1, 2), ("cat", 2.0, 0, 3)]
    # Annoy knows only the neighbours, an exact search everybody.
    assert found == (people[:2] if annoy else people)


@pytest.mark.parametrize("annoy", [False, True])
def test_mean(annoy: bool) -> None:
    # amy's mean of (1, 0) and (0, 1) points to 45 degrees: 2 sin(22.5 degrees) = 0.7654.
    found = ranked(CIRCLE, LABELS, [1, 0], True, annoy, ranking="mean", neighbours=3)
    assert found == [("amy", 0.7654, 2, 0), ("bob", 1.0, 1, 2), ("cat", 2.0, 0, 3)]


def test_mean_of_raw_vectors() -> None:
    # amy's mean is (5, 1.5): from (5, 0) it is 1.5 away. bob: from (0.5, 0.866), 4.5 and 0.866,
    # sqrt(20.25 + 0.75) = 4.5826. cat: 9.
    found = ranked(CIRCLE, LABELS, [5, 0], ranking="mean")
    assert found == [("amy", 1.5, 2, 0), ("bob", 4.5826, 1, 2), ("cat", 9.0, 1, 3)]


def test_equal_distances_are_ordered_by_id() -> None:
    found = ranked([[1, 0], [0, 1], [-1, 0]], ["z", "b", "a b"], [0, 0])
    assert [person for person, *_ in found] == ["a b", "b", "z"]


def test_as_the_original() -> None:
    # Distances from (0, 0): bob 5 (3, 4), bob=2 10 (6, 8), cat 6, 10, 13 and 17, amy 4.75.
    # bob: 5 - 0.5; cat: 6 - 3 x 0.5; equal, and bob's 5 came before cat's 6. zoe: 4.625 is a tie
    # between 4.62 and 4.63, and Python rounds such a one to the even digit.
    vectors = [[0, 4.75], [3, 4], [6, 8], [0, 6], [8, 6], [12, 5], [8, 15], [4.625, 0]]
    labels = ["amy", "bob", "bob=2", "cat", "cat", "cat", "cat", "zoe"]
    for annoy in (False, True):
        found = ranked(vectors, labels, [0, 0], annoy=annoy, ranking="visage")
        people = [("bob", 4.5, 2, 1), ("cat", 4.5, 4, 3), ("zoe", 4.62, 1, 7), ("amy", 4.75, 1, 0)]
        assert found == people
    # Of four neighbours (4.625, 4.75, 5, 6) nobody has two.
    found = ranked(vectors, labels, [0, 0], ranking="visage", neighbours=4, results=3)
    assert found == [("zoe", 4.62, 1, 7), ("amy", 4.75, 1, 0), ("bob", 5.0, 1, 1)]


@pytest.mark.parametrize("ranking", ["nearest", "mean", "visage"])
def test_one_face_and_no_query(ranking: str) -> None:
    assert ranked([[3, 4]], ["amy"], [0, 0], ranking=ranking) == [("amy", 5.0, 1, 0)]
    none, _ = searched([[3, 4]], ["amy"], np.empty((0, 2)), ranking, False)
    assert [len(column) for column in none] == [0] * len(Candidates._fields)


@pytest.mark.parametrize("annoy", [False, True])
def test_nearest_is_brute_force(annoy: bool) -> None:
    rng = np.random.default_rng(8)
    vectors = rng.normal(size=(500, 6)).astype(np.float32)
    labels = [f"p{number:02}" for number in rng.integers(0, 60, 500)]
    queries = rng.normal(size=(40, 6)).astype(np.float32)
    neighbours = 500 if annoy else 20
    found, gallery = searched(
        vectors,
        labels,
        queries,
        "nearest",
        normalize=False,
        neighbours=neighbours,
        annoy=annoy_of if annoy else None,
        search_k=10**6,
    )
    for number, query in enumerate(queries):
        distances = np.sqrt(((vectors.astype(np.float64) - query) ** 2).sum(axis=1))
        near = Counter(labels[item] for item in np.argsort(distances)[:neighbours])
        best: dict[str, float] = {}
        for label, distance in zip(labels, distances, strict=True):
            best[label] = min(distance, best.get(label, np.inf))
        expected = sorted(best, key=lambda person: best[person])[:10]
        rows = found.probe == number
        assert [gallery.people[code] for code in found.person[rows]] == expected
        np.testing.assert_allclose(
            found.distance[rows], [best[person] for person in expected], atol=1e-5
        )
        assert found.hits[rows].tolist() == [near[person] for person in expected]
