"""The ranking by likelihood, against the normal distributions it is derived from."""

import numpy as np
import pytest
from searching import searched
from visage.search.exact import smallest_of_products
from visage.search.faces import unit
from visage.search.rankings.likelihood import WITHIN, Likelihood, as_distance, coefficients

DIMENSION = 12


def log_density(values: np.ndarray, covariance: np.ndarray) -> float:
    """Of a normal distribution around 0, for one number of each vector."""
    _, determinant = np.linalg.slogdet(covariance)
    return float(-0.5 * (values @ np.linalg.solve(covariance, values) + determinant))


def log_ratio(probe: np.ndarray, faces: np.ndarray) -> float:
    """Of the same person against two, by the joint density of all faces, number by number."""
    joined = np.vstack([probe, faces])
    covariance = np.full((len(joined), len(joined)), WITHIN)
    np.fill_diagonal(covariance, 1.0)
    total = 0.0
    for column in joined.T * np.sqrt(DIMENSION):  # each number of a face has the variance 1 / d
        total += log_density(column, covariance)
        total -= log_density(column[1:], covariance[1:, 1:])
        total -= log_density(column[:1], covariance[:1, :1])
    return total / DIMENSION


def test_the_nearer_is_the_likelier_whatever_the_number_of_faces() -> None:
    rng = np.random.default_rng(0)
    sizes = [1, 2, 3, 7, 40]
    faces = [unit(rng.normal(size=(m, DIMENSION)).astype(np.float32) + 0.6) for m in sizes]
    labels = [f"p{person}" for person, own in enumerate(faces) for _ in own]
    probes = unit(rng.normal(size=(50, DIMENSION)).astype(np.float32) + 0.4)
    found, _ = searched(np.vstack(faces), labels, probes, "likelihood", results=50)
    exact = np.array(
        [log_ratio(probes[n], faces[p]) for n, p in zip(found.probe, found.person, strict=True)]
    )
    # Over all probes and people at once: the distance is a falling function of the ratio.
    order = np.argsort(found.distance)
    assert (np.diff(exact[order]) < 1e-6).all()
    assert found.rank.tolist() == [1, 2, 3, 4, 5] * 50
    assert (found.distance > 0).all()
    for n in range(50):  # and the nearest face is a face of that person
        rows = found.probe == n
        assert [labels[item] for item in found.nearest[rows]] == [
            f"p{p}" for p in found.person[rows]
        ]


def test_a_single_face_is_as_far_as_it_is() -> None:
    probe = unit(np.array([[0.3, -0.8, 0.1]], np.float32))
    found, _ = searched(np.eye(3), "abc", probe, "likelihood")
    plain, _ = searched(np.eye(3), "abc", probe, "nearest")
    assert found.person.tolist() == plain.person.tolist()
    np.testing.assert_allclose(found.distance, plain.distance, atol=1e-6)
    assert Likelihood.published(1.128) == pytest.approx(1.128)
    assert Likelihood.published(0.6) == pytest.approx(float(np.exp(-0.32)))
    grid = np.linspace(-2, 4, 1000)
    assert (np.diff(as_distance(grid)) > 0).all()


def test_more_faces_that_agree_are_better_evidence_and_must_be_nearer() -> None:
    one, many = np.eye(2, dtype=np.float32)
    base, slope = coefficients(np.array([one, many]), np.array([1, 20]))
    close, far = (base - slope * cosine for cosine in (0.9, 0.2))
    assert close[1] < close[0]
    assert far[1] > far[0]


def test_the_smallest_sums_of_many() -> None:
    rng = np.random.default_rng(1)
    queries = rng.normal(size=(300, 8)).astype(np.float32)
    weights, offsets = rng.normal(size=(500, 8)), rng.normal(size=500)
    found = smallest_of_products(queries, weights, offsets, 7)
    sums = offsets + queries.astype(np.float64) @ weights.T
    assert (found.items == np.argsort(sums, axis=1)[:, :7]).all()
    np.testing.assert_allclose(found.distances, np.sort(sums, axis=1)[:, :7])
    assert smallest_of_products(queries[:0], weights, offsets, 7).items.shape == (0, 7)
