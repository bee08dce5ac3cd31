"""The ranking by likelihood, against the normal distributions it is derived from."""

import numpy as np
import pytest
from searching import searched
from visage.search.exact import ExactSearch, smallest_of_products
from visage.search.faces import Faces, unit
from visage.search.rankings import fit
from visage.search.rankings.base import DEFAULT, Ranking
from visage.search.rankings.likelihood import SHARED, Likelihood, as_distance, coefficients
from visage.search.rankings.looks import people_apart
from visage.search.rankings.mean import Mean

DIMENSION = 12
LARGE = 64  # room for many people
WITHIN = DEFAULT.within


def log_density(values: np.ndarray, covariance: np.ndarray) -> float:
    """Of a normal distribution around 0, for one number of each vector."""
    _, determinant = np.linalg.slogdet(covariance)
    return float(-0.5 * (values @ np.linalg.solve(covariance, values) + determinant))


def log_ratio(probe: np.ndarray, faces: np.ndarray) -> float:
    """Of the same person against two, by the joint density of all faces, number by number."""
    joined = np.vstack([probe, faces])
    covariance = np.full((len(joined), len(joined)), WITHIN)
    covariance[1:, 1:] += SHARED * (1 - WITHIN)
    np.fill_diagonal(covariance, 1.0)
    total = 0.0
    for column in joined.T * np.sqrt(DIMENSION):  # each number of a face has the variance 1 / d
        total += log_density(column, covariance)
        total -= log_density(column[1:], covariance[1:, 1:])
        total -= log_density(column[:1], covariance[:1, :1])
    return total / DIMENSION


def person(rng: np.random.Generator, faces: int, dimension: int = DIMENSION) -> np.ndarray:
    centre = rng.normal(size=dimension)
    return unit((centre + 0.6 * rng.normal(size=(faces, dimension))).astype(np.float32))


def test_the_nearer_is_the_likelier_whatever_the_number_of_faces() -> None:
    rng = np.random.default_rng(0)
    sizes = [1, 2, 3, 7, 40]
    faces = [person(rng, m) for m in sizes]
    labels = [f"p{code}" for code, own in enumerate(faces) for _ in own]
    probes = unit(rng.normal(size=(50, DIMENSION)).astype(np.float32))
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
    ranking = Likelihood(Faces.of(np.eye(3, dtype=np.float32), "abc", True))
    assert ranking.published(1.128) == pytest.approx(1.128)
    assert ranking.published(0.6) == pytest.approx(float(np.exp(-0.32)))
    grid = np.linspace(-2, 4, 1000)
    assert (np.diff(as_distance(grid)) > 0).all()


def test_more_faces_that_agree_are_better_evidence_and_must_be_nearer() -> None:
    one, many = np.eye(2, dtype=np.float32)
    base, slope = coefficients(np.array([one, many]), np.array([1, 20]), WITHIN)
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


def rank_one(
    vectors: np.ndarray, labels: list[str], probes: np.ndarray, wanted: list[str]
) -> float:
    found, faces = searched(vectors, labels, probes, "likelihood", results=1)
    return float(np.mean([faces.people[p] == w for p, w in zip(found.person, wanted, strict=True)]))


def test_a_person_of_two_looks_is_found_by_either() -> None:
    """Two people's photographs under one id; among 60 others, each probe a face not in there."""
    rng = np.random.default_rng(2)
    people = [person(rng, 5, LARGE) for _ in range(100)]
    labels = [f"p{code if code < 60 else 30 + code // 2:02}" for code in range(100)]
    vectors, probes = np.vstack([own[:4] for own in people]), np.stack([own[4] for own in people])
    found, _ = searched(vectors, np.repeat(labels, 4), probes, "likelihood", results=1)
    faces = Faces.of(vectors, np.repeat(labels, 4), True)
    assert [faces.people[code] for code in found.person] == labels
    looks = people_apart(faces, DEFAULT.within)
    assert sorted(faces.people[code] for code in looks) == [f"p{code}" for code in range(60, 80)]
    # Left out, a face does not help to tell the looks: a look of two falls to one, which is none.
    two = np.vstack([people[0][:3], people[1][:2]])
    ranking = Likelihood(Faces.of(np.vstack([two, people[2][:2]]), list("aaaaabb"), True))
    own = ranking.left_out(np.arange(7))(np.arange(7))[:, 0]
    assert own[:3].max() < own[3:5].min()


def test_what_all_faces_have_in_common_is_taken_off_or_the_mean_stands_in() -> None:
    rng = np.random.default_rng(4)
    people = [person(rng, 5, LARGE) for _ in range(150)]
    off = np.full(LARGE, 2 / LARGE**0.5, np.float32)  # as dlib's: all faces are alike

    def found(number: int) -> tuple[Ranking, float]:
        vectors = np.vstack([own[:4] + off for own in people[:number]])
        labels = [f"p{code:03}" for code in range(number)]
        faces = Faces.of(vectors, np.repeat(labels, 4), True)
        choices = Likelihood.choices(faces)
        ranking = fit("likelihood", faces, choices[0])
        probes = faces.space(np.stack([own[4] + off for own in people[:number]]))
        first = ranking.candidates(probes, ExactSearch(faces, 1), 1).person
        return ranking, float((first == np.arange(number)).mean())

    ranking, share = found(150)
    assert isinstance(ranking, Likelihood) and share > 0.9
    assert ranking.learnt.centre is not None
    # Faces as far apart as the published threshold are taken to be so far from the centre as well.
    assert ranking.published(1.128) > 1.128
    ranking, share = found(40)
    assert isinstance(ranking, Mean) and share > 0.9
    assert "mean cosine of 0." in ranking.note and "it takes 100" in ranking.note
    assert (
        fit("likelihood", Faces.of(off[None], ["a"], True)).note == ""
    )  # one person tells nothing
    assert "normalize" in fit("likelihood", Faces.of(off[None], ["a"], False)).note
