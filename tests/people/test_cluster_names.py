"""Names of clusters: the same as long as the face they were taken from is in the cluster."""

from pathlib import Path

import pandas as pd
import pytest
from visage.errors import VisageError
from visage.people.cluster_names import (
    kept_apart,
    name_clusters,
    read_names,
    rows_of,
    without,
    write_names,
)


def faces(*hashes: str) -> pd.DataFrame:
    return pd.DataFrame({"sha256": hashes, "x": 10.0, "y": 20.0, "w": 30.0, "h": 40.0})


@pytest.fixture
def none(tmp_path: Path) -> pd.DataFrame:
    return read_names(tmp_path / "missing.parquet")


def test_a_name_outlives_its_place_as_the_most_typical(none: pd.DataFrame) -> None:
    (name,), known = name_clusters(faces("a", "b"), [[1, 0]], none)
    (other,), _ = name_clusters(faces("a", "b"), [[0, 1]], none)
    assert name != other
    more = faces("c", "a", "b", "d")
    assert name_clusters(more, [[3, 0, 1, 2]], known)[0] == [name]


def test_of_two_that_become_one_the_older_name_stays_and_the_other_comes_back(
    none: pd.DataFrame,
) -> None:
    rows = faces("a", "b")
    (one, other), known = name_clusters(rows, [[0], [1]], none)
    merged, after = name_clusters(rows, [[1, 0]], known)
    assert merged == [one]
    assert name_clusters(rows, [[1], [0]], after)[0] == [other, one]


def test_a_name_is_not_given_twice(none: pd.DataFrame) -> None:
    rows = faces("a", "b", "c")
    (name,), known = name_clusters(rows, [[0, 1, 2]], none)
    names, after = name_clusters(rows, [[1], [0, 2]], known)  # they part: it goes with the medoid
    assert names[1] == name != names[0]
    assert len(set(after["name"])) == 2
    gone = name_clusters(faces("a"), [[0]], after.assign(sha256="x"))[0]
    assert gone[0].startswith(name)
    assert gone[0] not in set(after["name"])


def test_who_is_said_not_to_be_of_a_cluster_is_kept_apart_from_it(none: pd.DataFrame) -> None:
    rows = faces("a", "b", "c")
    (name,), known = name_clusters(rows, [[0, 1, 2]], none)
    refused = pd.DataFrame({"row": [2, 1], "name": [name, "somebody"]})
    left = without(known, rows, refused)
    assert left["sha256"].tolist() == ["a", "b"]
    assert kept_apart(left, rows, refused).tolist() == [[2, 0], [2, 1]]
    # Even the face it is called after: the name stays with the others.
    medoid = pd.DataFrame({"row": [0], "name": [name]})
    left = without(known, rows, medoid)
    assert name_clusters(rows, [[1, 2], [0]], left)[0][0] == name
    everybody = pd.DataFrame({"row": [0, 1, 2], "name": [name] * 3})
    assert len(without(known, rows, everybody)) == 3


def test_a_face_is_found_again_by_content_and_overlap() -> None:
    there = pd.concat([faces("a"), faces("a").assign(x=14.0), faces("b").assign(x=200.0)])
    assert rows_of(faces("a", "b", "c").assign(x=13.0), there).tolist() == [1, -1, -1]


def test_names_are_kept_for_their_owner_only(tmp_path: Path, none: pd.DataFrame) -> None:
    _, known = name_clusters(faces("a"), [[0]], none)
    path = tmp_path / "cache" / "unknown" / "names.parquet"
    write_names(path, known)
    assert path.stat().st_mode & 0o777 == 0o600
    pd.testing.assert_frame_equal(read_names(path), known, check_dtype=False)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(VisageError, match="is damaged"):
        read_names(path)
