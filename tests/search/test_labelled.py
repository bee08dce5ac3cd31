"""What people said, in the index and in the search."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from visage.config import Match
from visage.search.gallery import Gallery
from visage.search.index import build_index
from visage.search.labelled import GalleryLabels, Said, read_labelled
from visage.search.match import match_nobody, match_shard
from visage.search.once import SAID
from visage.store.faces import FACES
from visage.store.labelled import LABELLED
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table

ORIGIN = Origin("made-up", "0" * 32)
PUBLISHED = {"normalized": 1.0, "raw": None}
ANN, BOB, CLEO = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]


def face(image: str, number: int, embedding: list[float] | None, **more: Any) -> dict:
    box = {"x": 10.0 * number, "y": 0.0, "w": 5.0, "h": 5.0, "confidence": 0.9}
    row = {"image": image, "face": number, "embedding": embedding, "sha256": image[0] * 64}
    return row | box | {"status": "ok", "width": 100, "height": 100} | more


def said(row: dict, name: str, say: str, person: str, added: bool = False) -> dict:
    return row | {"set": name, "say": say, "person": person, "added": added}


class Case:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, rows: list[dict], schema: pa.Schema = FACES) -> Path:
        path = self.folder / f"{name}.parquet"
        write_table(path, pa.Table.from_pylist(rows, schema), ORIGIN)
        return path

    def index(self, gallery: list[dict], labelled: list[dict], **more: Any) -> list[dict]:
        labels = self.write("labelled", labelled, LABELLED)
        arguments = GalleryLabels(read_labelled(labels), **more)
        tables = [self.write("gallery", gallery)] if gallery else []
        build_index(
            tables,
            self.folder / "faces.parquet",
            self.folder / "face.db",
            self.folder / "face.json",
            True,
            10,
            1,
            said=arguments,
            like=self.write("like", []),
        )
        rows = read_table(self.folder / "faces.parquet").to_pylist()
        assert json.loads((self.folder / "face.json").read_text()) == [r["person"] for r in rows]
        return rows

    def match(
        self, queries: list[dict], labelled: list[dict], overlapping: bool = False
    ) -> dict[tuple[str, int], list[dict]]:
        match = Match(ranking="nearest", results=2)
        gallery = Gallery.open(self.folder / "faces.parquet", match, True, PUBLISHED)
        labels = read_labelled(self.write("labelled", labelled, LABELLED))
        output = self.folder / "matches.parquet"
        lists = self.folder / "lists"
        match_shard(
            self.write("queries", queries),
            gallery,
            output,
            lambda image: lists / f"{image}.json",
            2,
            Said.of(labels),
            overlapping,
        )
        found: dict[tuple[str, int], list[dict]] = {}
        for row in read_table(output).to_pylist():
            found.setdefault((row["image"], row["face"]), []).append(row)
        return found


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def gallery() -> list[dict]:
    return [
        face("ann/1.jpg", 0, ANN, person="ann"),
        face("ann/1.jpg", 1, BOB, person="ann"),
        face("bob/1.jpg", 0, BOB, person="bob"),
    ]


def test_labels_make_the_gallery_wherever_a_photograph_lies(case: Case) -> None:
    query = face("q.jpg", 0, CLEO)
    rows = case.index(
        gallery(),
        [
            said(face("ann/1.jpg", 0, ANN), "gallery", "ignore", ""),
            said(face("ann/1.jpg", 1, BOB), "gallery", "is", "bob"),
            said(query, "queries", "is", "cleo"),
            said(query | {"image": "copy.jpg"}, "queries", "is", "cleo"),
            said(face("r.jpg", 3, ANN), "queries", "is", "ann", added=True),
        ],
        queries_from_gallery="../queries/",
    )
    assert [(row["image"], row["face"], row["person"]) for row in rows] == [
        ("../queries/q.jpg", 0, "cleo"),
        ("../queries/r.jpg", 3, "ann"),
        ("ann/1.jpg", 1, "bob"),
        ("bob/1.jpg", 0, "bob"),
    ]


def test_a_face_that_is_not_the_folders_person_leaves_them_the_other_one(case: Case) -> None:
    rows = case.index(gallery(), [said(face("ann/1.jpg", 0, ANN), "gallery", "not", "ann")])
    assert [(row["image"], row["face"]) for row in rows] == [("ann/1.jpg", 1), ("bob/1.jpg", 0)]


def test_ids_are_joined_and_nobody_is_an_answer(case: Case) -> None:
    rows = case.index(gallery(), [], one=lambda person: "ann" if person == "bob" else person)
    assert {row["person"] for row in rows} == {"ann"}
    rows = case.index([], [], alone=True)
    assert rows == []
    assert (case.folder / "face.db").read_bytes() == b""


def test_given_faces_are_not_searched_and_refused_people_never_found(case: Case) -> None:
    case.index(gallery(), [])
    queries = [face("q.jpg", n, e, group="") for n, e in enumerate((ANN, ANN, ANN, BOB))]
    found = case.match(
        queries,
        [
            said(queries[0], "queries", "is", "cleo"),
            said(queries[1], "queries", "not", "ann"),
            said(queries[3], "queries", "ignore", ""),
            said(face("q.jpg", 9, BOB), "queries", "is", "dan", added=True),
        ],
    )
    given = found["q.jpg", 0]
    assert [(row["id"], row["verdict"], row["distance"]) for row in given] == [("cleo", "given", 0)]
    assert [(row["id"], row["rank"], row["verdict"]) for row in found["q.jpg", 1]] == [
        ("bob", 1, "unknown")
    ]
    assert [row["id"] for row in found["q.jpg", 2]] == ["ann", "bob"]
    assert ("q.jpg", 3) not in found
    assert [row["id"] for row in found["q.jpg", 9]] == ["dan"]
    listed = json.loads((case.folder / "lists/q.jpg.json").read_text())
    assert {"id", "distance", "hits"} <= listed[0].keys()


def test_whom_somebody_labelled_is_no_other_face_of_the_picture(case: Case) -> None:
    case.index(gallery(), [])
    queries = [face("q.jpg", n, e) for n, e in enumerate((ANN, ANN))] + [face("r.jpg", 0, ANN)]
    found = case.match(queries, [said(queries[0], "queries", "is", "ann")])
    assert found["q.jpg", 0][0]["verdict"] == "given"
    assert (found["q.jpg", 1][0]["id"], found["q.jpg", 1][0]["verdict"]) == ("ann", "possible")
    assert found["q.jpg", 1][0]["reason"] == SAID
    assert found["r.jpg", 0][0]["verdict"] == "match"  # another picture


def test_a_photograph_in_both_sets_is_given_and_its_copies_too(case: Case) -> None:
    case.index(gallery(), [])
    queries = [
        face("people/ann/1.jpg", 0, ANN, sha256="a" * 64),
        face("people/ann/1.jpg", 1, BOB, sha256="a" * 64),
        face("copy.jpg", 0, ANN, sha256="a" * 64),
    ]
    found = case.match(queries, [], overlapping=True)
    assert found["people/ann/1.jpg", 0][0]["verdict"] == "given"
    assert found["copy.jpg", 0][0]["verdict"] == "given"
    assert found["people/ann/1.jpg", 1][0]["verdict"] == "match"
    apart = case.match(queries, [], overlapping=False)
    assert apart["copy.jpg", 0][0]["verdict"] == "match"


def test_with_nobody_known_there_are_empty_lists(case: Case) -> None:
    queries = case.write("queries", [face("q.jpg", 0, ANN)])
    match_nobody(queries, case.folder / "m.parquet", lambda i: case.folder / f"{i}.json")
    assert read_table(case.folder / "m.parquet", MATCHES.names).num_rows == 0
    assert json.loads((case.folder / "q.jpg.json").read_text()) == []


def test_a_labelled_face_too_poor_to_tell_stands_for_nobody_who_has_a_clear_one(
    tmp_path: Path,
) -> None:
    case = Case(tmp_path)
    gallery = [face("ann/1.jpg", 0, ANN, person="ann")]
    poor = [
        face(f"{image}.jpg", 0, BOB, status="poor", sha256=image) | {"person": person}
        for image, person in (("x", "ann"), ("y", "bob"))
    ]
    labelled = [said(row, "queries", "is", row["person"], added=True) for row in poor]
    rows = case.index(gallery, labelled, queries_from_gallery="../queries/")
    assert [(row["person"], row["image"]) for row in rows] == [
        ("bob", "../queries/y.jpg"),  # all there is
        ("ann", "ann/1.jpg"),
    ]
