"""The sums that stand for clusters, held against every pair of their faces."""

import numpy as np
from scipy.spatial.distance import cdist
from visage.people.sums import Sums


def test_the_distance_of_clusters_is_the_mean_over_their_faces() -> None:
    vectors = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    sums = Sums(vectors)
    sums.add(np.array([0, 3]), np.array([1, 4]))
    sums.keep(np.array([0, 2, 3]))
    assert len(sums) == 3
    clusters = [vectors[:2], vectors[2:3], vectors[3:]]
    np.testing.assert_allclose(sums.means(np.array([2])), [clusters[2].mean(axis=0)], atol=1e-6)
    one, other = np.array([0, 0, 1]), np.array([1, 2, 2])
    expected = [
        cdist(clusters[a], clusters[b], "sqeuclidean").mean()
        for a, b in zip(one, other, strict=True)
    ]
    np.testing.assert_allclose(sums.distance(one, other), expected, rtol=1e-5)


def test_equal_faces_are_not_less_than_nothing_apart() -> None:
    sums = Sums(np.full((2, 512), 0.1, np.float32))
    assert sums.distance(np.array([0]), np.array([1])) == 0
