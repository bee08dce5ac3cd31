"""What a query has not does not help a gallery's own photographs; who is not found is missed."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from visage.evaluation.acquired import acquire
from visage.evaluation.searched import Evaluated, search_gallery
from visage.search.faces import unit
from visage.search.index import build_index
from visage.store.faces import FACES
from visage.store.tables import Origin, read_table, write_table

DIMENSION, NEAR = 24, 0.01


def row(image: str, number: int | None, embedding: np.ndarray | None, **more: Any) -> dict:
    own = {"image": image, "person": image.split("/")[0], "face": number, "sha256": image}
    vector = None if embedding is None else embedding.tolist()
    return own | {"status": "ok", "reason": "", "embedding": vector} | more


def searched(folder: Path, rows: list[dict]) -> Evaluated:
    write_table(folder / "t", pa.Table.from_pylist(rows, FACES), Origin("m", "f" * 32))
    faces = folder / "faces.parquet"
    build_index([folder / "t"], faces, folder / "a", folder / "l", True, 1, 1)
    table = read_table(faces)
    return search_gallery(table, "mean", True, NEAR, acquire([folder / "t"], table))


def test_it_is_searched_by_its_most_prominent_face(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    centres = unit(rng.normal(size=(3, DIMENSION)).astype(np.float32))

    def photograph(of: int) -> np.ndarray:
        return (centres[of] + 0.05 * rng.normal(size=DIMENSION)).astype(np.float32)

    rows = [row(f"{'abc'[n]}/{i}.jpg", 0, photograph(n)) for n in range(3) for i in range(4)]
    # In b/9.jpg somebody else is the most prominent face; the index takes b's, which agrees.
    rows += [row("b/9.jpg", 0, photograph(2)), row("b/9.jpg", 1, photograph(1))]
    found = searched(tmp_path, rows)
    place = found.rows["image"].to_pylist().index("b/9.jpg")
    assert found.rows["face"][place].as_py() == 1
    trials = found.trials
    assert found.faces.people[int(trials.other_person[place])] == "c"
    assert trials.rank[place] > 1 and trials.own[place] > trials.other[place]
    assert (np.delete(trials.rank, place) == 1).all()


def test_a_photograph_without_a_face_is_a_search_that_fails(tmp_path: Path) -> None:
    vectors = np.eye(DIMENSION, dtype=np.float32)
    rows = [row(f"{name}/{n}.jpg", 0, vectors[n]) for n, name in enumerate("aabb")]
    rows += [
        row("a/8.jpg", None, None, status="no_face"),
        row("a/9.jpg", 0, None, status="too_small"),
        row("a/9.jpg", 1, None, status="too_small"),  # one photograph all the same
        row("b/8.jpg", None, None, status="unreadable"),  # no photograph
        row("b/9.jpg", 0, vectors[9]),
        row("b/9.jpg", 1, None, status="too_small"),  # one face is enough
        row("c/1.jpg", None, None, status="no_face"),  # nobody knows c
        row("b/7.jpg", 0, vectors[7], status="poor"),  # too blurred to be searched
        row("d/1.jpg", 0, vectors[5], status="poor"),  # all there is of d: in the index
        row("d/2.jpg", 0, vectors[6], status="poor"),
    ]
    found = searched(tmp_path, rows)
    people = [found.faces.people[code] for code in found.trials.failed]
    assert sorted(people) == ["a", "a", "b", "d", "d"]
    assert found.faces.people == ["a", "b", "d"]
    assert found.others.tolist() == [1, 1, 2, 2, 2, 1, 1]
    assert found.trials.rank[5:].tolist() == [0, 0]  # they are no searches
    assert np.isnan(found.trials.other[5:]).all()


def test_two_labelled_people_of_one_photograph_are_searched_by_their_own_faces(
    tmp_path: Path,
) -> None:
    vectors = np.eye(DIMENSION, dtype=np.float32)
    rows = [row(f"{name}/{n}.jpg", 0, vectors[n]) for n, name in enumerate("aabb")]
    rows += [row("a/9.jpg", 0, vectors[1]), row("a/9.jpg", 1, vectors[3])]
    write_table(tmp_path / "t", pa.Table.from_pylist(rows, FACES), Origin("m", "f" * 32))
    index = pa.Table.from_pylist([*rows[:5], rows[5] | {"person": "b"}], FACES)
    assert acquire([tmp_path / "t"], index).other_faces == {}
