"""Names of clusters: the same as long as the face they were taken from is in the cluster."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from visage.errors import VisageError
from visage.people.cluster_names import name_clusters, read_names, rows_of, write_names


def faces(*hashes: str) -> pd.DataFrame:
    return pd.DataFrame({"sha256": hashes, "x": 10.0, "y": 20.0, "w": 30.0, "h": 40.0})


@pytest.fixture
def none(tmp_path: Path) -> pd.DataFrame:
    return read_names(tmp_path / "missing.parquet")


def test_a_name_outlives_its_place_as_the_most_typical(none: pd.DataFrame) -> None:
    (name,), known = name_clusters(faces("a", "b"), [1], np.array([0, 0]), none)
    (other,), _ = name_clusters(faces("a", "b"), [0], np.array([0, 0]), none)
    assert name != other
    more = faces("c", "a", "b", "d")
    assert name_clusters(more, [3], np.array([0, 0, 0, 0]), known)[0] == [name]


def test_of_two_that_become_one_the_older_name_stays_and_the_other_comes_back(
    none: pd.DataFrame,
) -> None:
    rows = faces("a", "b")
    (one, other), known = name_clusters(rows, [0, 1], np.array([0, 1]), none)
    merged, after = name_clusters(rows, [1], np.array([0, 0]), known)
    assert merged == [one]
    assert name_clusters(rows, [1, 0], np.array([1, 0]), after)[0] == [other, one]


def test_a_name_is_not_given_twice(none: pd.DataFrame) -> None:
    rows = faces("a", "b", "c")
    (name,), known = name_clusters(rows, [0], np.array([0, 0, 0]), none)
    # The face it was taken from is now in another cluster, and again most typical elsewhere.
    names, after = name_clusters(rows, [0, 2], np.array([0, 1, 1]), known)
    assert names[0] == name
    assert len(set(names)) == len(names) == len(after)
    gone = name_clusters(faces("a"), [0], np.array([0]), after.assign(sha256="x"))[0]
    assert gone[0].startswith(name)
    assert gone[0] not in set(after["name"])


def test_a_face_is_found_again_by_content_and_overlap() -> None:
    there = pd.concat([faces("a"), faces("a").assign(x=14.0), faces("b").assign(x=200.0)])
    assert rows_of(faces("a", "b", "c").assign(x=13.0), there).tolist() == [1, -1, -1]


def test_names_are_kept_for_their_owner_only(tmp_path: Path, none: pd.DataFrame) -> None:
    _, known = name_clusters(faces("a"), [0], np.array([0]), none)
    path = tmp_path / "cache" / "unknown" / "names.parquet"
    write_names(path, known)
    assert path.stat().st_mode & 0o777 == 0o600
    pd.testing.assert_frame_equal(read_names(path), known, check_dtype=False)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(VisageError, match="is damaged"):
        read_names(path)
