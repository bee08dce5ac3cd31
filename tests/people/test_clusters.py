"""The unknown: who counts as nobody's, and who is gathered; on made-up and on real faces."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from visage.people.clusters import (
    How,
    Written,
    cluster_unknown,
    nobodys,
    refusals,
    strangers_distance,
)
from visage.store.clusters import CLUSTERS
from visage.store.faces import FACES
from visage.store.labelled import LABELLED
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table

ORIGIN = Origin("made-up", "0" * 32)
LIMIT = 1.0
BOX = {"y": 2.0, "w": 30.0, "h": 40.0}


def face(image: str, number: int, angle: float, **others: object) -> dict:
    vector = [np.cos(angle), np.sin(angle), 0.0]
    row = {"image": image, "group": image.split("/")[0], "face": number, "sha256": image}
    return row | BOX | {"x": 50.0 * number, "status": "ok", "embedding": vector} | others


# Three photographs of one stranger, two of another, one face of somebody, one too poor.
FOUND = [
    face("a/1.jpg", 0, 0.0),
    face("a/1.jpg", 1, 3.0),
    face("a/2.jpg", 0, 0.1),
    face("b/3.jpg", 0, 0.2),
    face("b/3.jpg", 1, 3.1),
    face("b/4.jpg", 0, 0.1),
    face("b/5.jpg", 0, 0.1, status="too_small", embedding=None),
]
VERDICTS = [("a/1.jpg", 0, "unknown"), ("b/4.jpg", 0, "match"), ("b/4.jpg", 0, "unknown")]


@pytest.fixture
def tables(tmp_path: Path) -> tuple[list[Path], list[Path]]:
    matches = [{"image": i, "face": f, "verdict": verdict} for i, f, verdict in VERDICTS]
    faces, matched = tmp_path / "faces.parquet", tmp_path / "matches.parquet"
    write_table(faces, pa.Table.from_pylist(FOUND, FACES), ORIGIN)
    write_table(matched, pa.Table.from_pylist(matches, MATCHES), ORIGIN)
    return [faces], [matched]


def gathered(
    folder: Path,
    faces: pa.Table,
    least: int = 3,
    limit: float | None = LIMIT,
    labelled: Path | None = None,
    originals: dict[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = folder / "cache/unknown/names.parquet"
    files = Written(folder / "clusters.parquet", folder / "unknown.tsv", names)
    how = How(least, limit, True)
    cluster_unknown(faces, refusals(labelled), how, files, ORIGIN, originals)
    table = read_table(folder / "clusters.parquet")
    assert table.schema.remove_metadata() == CLUSTERS
    return table.to_pandas(), pd.read_csv(folder / "unknown.tsv", sep="\t")


def test_nobodys_are_searched_faces_without_a_match(tables: tuple) -> None:
    rows = nobodys(*tables).select(["image", "face"]).to_pylist()
    expected = [("a/1.jpg", 0), ("a/1.jpg", 1), ("a/2.jpg", 0), ("b/3.jpg", 0), ("b/3.jpg", 1)]
    assert [(row["image"], row["face"]) for row in rows] == expected


def test_a_stranger_seen_in_two_groups_gets_one_line(tmp_path: Path, tables: tuple) -> None:
    faces, lines = gathered(tmp_path, nobodys(*tables))
    (line,) = lines.to_dict("records")
    assert (line["Faces"], line["Images"], line["Groups"]) == (3, 3, 2)
    assert (line["Image"], line["Face"]) == ("a/2.jpg", 0)  # between the other two
    assert line["W"] == 30
    named = faces.dropna(subset="cluster").sort_values("place")
    assert named["image"].tolist()[0] == "a/2.jpg"
    assert set(named["cluster"]) == {line["Cluster"]}
    assert faces["cluster"].isna().sum() == 2


def test_fewer_faces_count_if_they_are_asked_for(tmp_path: Path, tables: tuple) -> None:
    first = gathered(tmp_path, nobodys(*tables), least=2)[1]
    assert first["Faces"].tolist() == [3, 2]
    assert gathered(tmp_path, nobodys(*tables), least=2)[1].equals(first)  # names and all


def test_copies_of_a_photograph_do_not_make_somebody_seen_often(
    tmp_path: Path, tables: tuple
) -> None:
    faces, lines = gathered(tmp_path, nobodys(*tables), originals={"a/2.jpg": "a/1.jpg"})
    assert lines.empty
    assert faces["cluster"].isna().all()
    lines = gathered(tmp_path, nobodys(*tables), 2, originals={"a/2.jpg": "a/1.jpg"})[1]
    assert lines[["Faces", "Images", "Groups"]].to_numpy().tolist() == [[3, 2, 2], [2, 2, 2]]
    same = [face(f"{group}/x.jpg", 0, 0.0, sha256="one") for group in "abc"]
    table = tmp_path / "same.parquet"
    write_table(table, pa.Table.from_pylist(same, FACES), ORIGIN)
    assert gathered(tmp_path, nobodys([table], tables[1]))[1].empty  # in several groups


def test_what_somebody_said_counts(tmp_path: Path, tables: tuple) -> None:
    faces, lines = gathered(tmp_path, nobodys(*tables), least=2)
    name, other = lines["Cluster"]
    said = [
        ("a/1.jpg", 0, "is", "anna"),  # somebody: no longer of the unknown
        ("b/3.jpg", 1, "not", other),  # struck out of the cluster
        ("a/1.jpg", 1, "not", "anna"),  # nothing that matters here
    ]
    rows = [
        {"set": "queries", "image": image, "face": face, "say": say, "person": person}
        for image, face, say, person in said
    ]
    rows.append(rows[0] | {"set": "gallery", "image": "a/2.jpg"})
    labelled = tmp_path / "labelled.parquet"
    write_table(labelled, pa.Table.from_pylist(rows, LABELLED), ORIGIN)
    left = nobodys(tables[0], tables[1], labelled)
    assert ("a/1.jpg", 0) not in {(row["image"], row["face"]) for row in left.to_pylist()}
    faces, lines = gathered(tmp_path, left, least=2, labelled=labelled)
    assert lines["Cluster"].tolist() == [name]
    assert faces["cluster"].notna().sum() == 2
    ignored = [row | {"say": "ignore", "person": ""} for row in rows]
    write_table(labelled, pa.Table.from_pylist(ignored, LABELLED), ORIGIN)
    assert len(nobodys(tables[0], tables[1], labelled)) == 2


def test_without_a_distance_nobody_is_gathered(tmp_path: Path, tables: tuple) -> None:
    faces, lines = gathered(tmp_path, nobodys(*tables), limit=None)
    assert lines.empty
    assert list(lines) == ["Cluster", "Faces", "Images", "Groups", "Image", "Face", *"XYWH"]
    assert faces["cluster"].isna().all()


def test_an_empty_set_of_queries_has_an_empty_table(tmp_path: Path, tables: tuple) -> None:
    assert gathered(tmp_path, nobodys(*tables)[:0])[1].empty


def test_what_the_gallery_measured_comes_before_what_was_published(tmp_path: Path) -> None:
    published = {"normalized": 1.1, "raw": None}
    assert strangers_distance(None, published, True) == 1.1
    assert strangers_distance(None, published, False) is None
    own = tmp_path / "evaluation.json"
    own.write_text('{"threshold": 1, "summary": "", "calibration": null, "same_face": 1.2}')
    assert strangers_distance(own, published, True) == 1.2
