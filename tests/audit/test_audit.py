"""The gallery's audit, on made-up galleries in which what is wrong is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visage.audit.audit import COLUMNS, KINDS, audit, read_audit, summary
from visage.evaluation.searched import search_gallery
from visage.notices import NOTICE
from visage.search.index import build_index
from visage.search.neighbours import MEMORY_MB, compare
from visage.store.faces import FACES
from visage.store.tables import Origin, read_table, write_table

PUBLISHED = {"normalized": 1.128, "raw": None}
DIMENSION = 32


def face(direction: int, tilt: int | None = None, amount: float = 0.8) -> list[float]:
    """A vector along one axis, tilted towards another: cos 0.8 is 0.63 apart."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[direction] = amount if tilt is not None else 1.0
    if tilt is not None:
        vector[tilt] = np.sqrt(1 - amount**2)
    return (7 * vector).tolist()


def row(image: str, embedding: list[float] | None, **other: object) -> dict:
    usual = {"sha256": f"sha of {image}", "status": "ok", "reason": "", "face": 0}
    usual |= {"w": 100.0, "h": 120.0, "sharpness": 200.0}
    person = image.partition("/")[0]
    return {"image": image, "person": person, "embedding": embedding} | usual | other


def audited(folder: Path, rows: list[dict], names: dict | None = None) -> pd.DataFrame:
    """Index and audit a gallery whose tables are in two shards."""
    tables = [folder / "0.parquet", folder / "1.parquet"]
    images = sorted({r["image"] for r in rows})
    for number, path in enumerate(tables):
        part = [r for r in rows if images.index(r["image"]) % 2 == number]
        write_table(path, pa.Table.from_pylist(part, FACES), Origin("model", "print"))
    faces = folder / "faces.parquet"
    build_index(tables, faces, folder / "face.db", folder / "face.json", True, 5, 1)
    name_file = folder / "names.json"
    name_file.write_text(json.dumps(names or {}))
    audit(tables, faces, name_file if names else None, PUBLISHED, folder / "audit.tsv")
    return read_audit(folder / "audit.tsv")


def of(frame: pd.DataFrame, kind: str) -> list[dict]:
    return frame[frame["kind"] == kind].to_dict("records")


def test_a_gallery_in_order_has_nothing_to_look_at(tmp_path: Path) -> None:
    rows = [row(f"p{p}/{n}.jpg", face(p, 10 + 3 * p + n)) for p in range(3) for n in range(3)]
    frame = audited(tmp_path, rows)
    assert list(frame.columns) == COLUMNS
    assert frame.empty


def test_every_kind_is_found_and_told(tmp_path: Path) -> None:
    rows = [
        *(row(f"ann/{n}.jpg", face(0, 10 + n)) for n in range(4)),
        *(row(f"bob/{n}.jpg", face(1, 14 + n)) for n in range(3)),
        # A photograph of Bob in Ann's folder.
        row("ann/bob-really.jpg", face(1, 20)),
        # Byte for byte the same under two people; a recoloured copy within one.
        row("ann/shared.jpg", face(0, 21), sha256="one file"),
        row("cyd/shared.jpg", face(0, 21), sha256="one file"),
        row("cyd/own.jpg", face(2, 22)),
        row("bob/copy.jpg", face(1, 14, 0.82)),
        # Nobody to see.
        row("dee/wall.jpg", None, status="no_face", reason="no face was found", face=None),
        row("dee/cut.jpg", None, status="unreadable", reason="the file is damaged", face=None),
        # One photograph; two faces, of which the most prominent has to be believed.
        row("eve/1.jpg", face(3)),
        row("eve/1.jpg", face(4), face=1),
        # In Ann's group photograph the second face is Ann's.
        row("ann/party.jpg", face(5)),
        row("ann/party.jpg", face(0, 23), face=1),
        # Too small, too blurred.
        row("bob/far.jpg", face(1, 24), w=20.0),
        row("bob/fog.jpg", face(1, 25), sharpness=3.0),
    ]
    names = {"ann": "Ann  Lee", "eve": {"name": "ann lee"}, "bob": "Bob"}
    frame = audited(tmp_path, rows, names)

    (mislabelled,) = [r for r in of(frame, "another_person") if r["image"] == "ann/bob-really.jpg"]
    assert mislabelled["other_person"] == "bob"
    assert mislabelled["distance"] == pytest.approx(np.sqrt(2 - 2 * 0.8 * 0.82), abs=1e-3)
    (shared,) = of(frame, "same_photograph")
    assert {shared["image"], shared["other_image"]} == {"ann/shared.jpg", "cyd/shared.jpg"}
    assert (shared["distance"], shared["detail"]) == (0.0, "the same file, byte for byte")
    (copy,) = of(frame, "near_duplicate")
    assert {copy["image"], copy["other_image"]} == {"bob/0.jpg", "bob/copy.jpg"}
    (lost,) = of(frame, "no_usable_face")
    assert lost["person"] == "dee"
    assert "1 no_face, 1 unreadable" in lost["detail"]
    (namesakes,) = of(frame, "namesakes")
    assert (namesakes["person"], namesakes["other_person"]) == ("ann", "eve")
    (alone,) = of(frame, "one_photograph")
    assert alone["person"] == "eve"
    several = {r["image"]: (r["face"], r["detail"]) for r in of(frame, "several_faces")}
    assert several["ann/party.jpg"][0] == 1
    assert "agrees better" in several["ann/party.jpg"][1]
    assert several["eve/1.jpg"][0] == 0
    assert "too few" in several["eve/1.jpg"][1]
    untrusted = {r["image"]: r["detail"] for r in of(frame, "untrusted")}
    assert set(untrusted) == {"bob/far.jpg", "bob/fog.jpg"}
    assert "20 pixels" in untrusted["bob/far.jpg"]
    assert "sharpness is 3" in untrusted["bob/fog.jpg"]
    # In the order of the kinds, each with its sentence for the report.
    assert [kind for kind, _, _ in summary(frame)] == [k for k in KINDS if k in set(frame["kind"])]
    assert sum(number for _, _, number in summary(frame)) == len(frame)


def test_people_whose_files_cannot_be_read_are_told_of_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unread = {"status": "unreadable", "reason": "the file is empty (0 bytes)"}
    rows = [row(f"known/{n}.jpg", face(0, n + 1)) for n in range(3)]
    rows += [row(f"lost/{n}.jpg", None, **unread) for n in range(2)]
    rows.append(row("faceless/0.jpg", None, status="no_face", reason="no face was found"))
    frame = audited(tmp_path, rows)
    assert [r["person"] for r in of(frame, "no_usable_face")] == ["faceless", "lost"]
    (told,) = [one.getMessage() for one in caplog.records if one.levelno == NOTICE]
    assert told.startswith("gallery: lost cannot be found: none of their files can be read")


def test_someone_alone_who_matches_another_person_may_be_that_person(tmp_path: Path) -> None:
    rows = [row(f"ann/{n}.jpg", face(0, 10 + n)) for n in range(2)]
    rows += [row("also-ann/x.jpg", face(0, 12)), row("bob/x.jpg", face(1))]
    frame = audited(tmp_path, rows)
    assert [r["image"] for r in of(frame, "another_person")] == ["also-ann/x.jpg"]


def test_names_and_paths_of_any_kind_come_back(tmp_path: Path) -> None:
    odd = 'tab\there "and" ünï\nline/\rx.jpg'
    frame = audited(tmp_path, [row(odd, face(0)), row("NA/null.jpg", face(1))])
    assert set(frame["image"]) == {odd, "NA/null.jpg"}
    assert "NA" in set(frame["person"])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.integers(1, 4), min_size=1, max_size=8),
    st.sampled_from([0.0001, 0.001, MEMORY_MB]),
)
def test_compare_is_what_comparing_one_by_one_gives(
    seed: int, sizes: list[int], memory: float
) -> None:
    rng = np.random.default_rng(seed)
    people = [f"p{p}" for p, size in enumerate(sizes) for _ in range(size)]
    rng.shuffle(people)
    vectors = rng.normal(size=(len(people), 3)).astype(np.float32)
    found = compare(vectors, people, 0.5, memory)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    apart = np.linalg.norm(units[:, None].astype(float) - units[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    same = np.array(people)[:, None] == np.array(people)[None]
    for ours, allowed in ((found.own_distance, same), (found.other_distance, ~same)):
        expected = np.where(allowed, apart, np.inf).min(axis=1)
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)
    for nearest, distance in (
        (found.own, found.own_distance),
        (found.other, found.other_distance),
    ):
        assert ((nearest == -1) == np.isinf(distance)).all()
        known = np.flatnonzero(nearest >= 0)
        np.testing.assert_allclose(apart[known, nearest[known]], distance[known], atol=1e-5)
    pairs = {(int(a), int(b)) for a, b in zip(*found.near_pairs, strict=True)}
    clear = np.triu(apart < 0.4999) & np.isfinite(apart)
    maybe = np.triu(apart < 0.5001)
    assert set(zip(*map(np.ndarray.tolist, np.nonzero(clear)), strict=True)) <= pairs
    assert pairs <= set(zip(*map(np.ndarray.tolist, np.nonzero(maybe)), strict=True))


def test_one_photograph_of_two_people_is_no_mistake_where_each_has_a_face(tmp_path: Path) -> None:
    """As regions make it; the evaluation counts it neither."""
    rows = [row(f"p{p}/{n}.jpg", face(p, 10 + 3 * p + n)) for p in range(2) for n in range(1)]
    both = {"sha256": "both"}
    outside = both | {"status": "outside_region"}
    rows += [row("p0/both.jpg", face(0, 20), **both), row("p0/both.jpg", None, **outside)]
    rows += [row("p1/both.jpg", None, **outside), row("p1/both.jpg", face(1, 21), **both)]
    for other in rows[-3], rows[-1]:  # the face on the right
        other |= {"face": 1, "x": 300.0}
    assert of(audited(tmp_path, rows), "same_photograph") == []
    table = read_table(tmp_path / "faces.parquet")
    assert search_gallery(table, "mean", True, 0.01).misfiled == 0
    # Without regions both have the most prominent face, and one of them is wrong.
    rows[-2:] = [row("p1/both.jpg", face(n, 20 + n), **both) for n in range(2)]
    rows[-1] |= {"face": 1, "x": 300.0}
    (found,) = of(audited(tmp_path, rows), "same_photograph")
    assert {found["image"], found["other_image"]} == {"p0/both.jpg", "p1/both.jpg"}
    assert search_gallery(read_table(tmp_path / "faces.parquet"), "mean", True, 0.01).misfiled == 2


def test_a_poor_face_is_told_once_and_is_nobodys_likeness(tmp_path: Path) -> None:
    poor = {"status": "poor", "reason": "too blurred", "quality": 0.5}
    beside = {"face": 1, "status": "poor", "reason": "too blurred"}
    rows = [row(f"p{p}/{n}.jpg", face(p, 10 + 3 * p + n)) for p in range(2) for n in range(3)]
    rows += [
        row("only/1.jpg", face(0, 10), **poor),  # as the face of p0/0.jpg: garbage
        row("only/2.jpg", face(0, 10), **poor),
        row("p0/9.jpg", face(0, 25)),
        row("p0/9.jpg", face(5), **beside, w=20.0, h=20.0),  # who stands behind
        row("p1/9.jpg", face(1, 26)),
        row("p1/9.jpg", face(6), **beside, w=200.0, h=200.0),
        row("p1/9.jpg", face(7), **beside | {"face": 2}, w=190.0, h=190.0),
    ]
    frame = audited(tmp_path, rows)
    assert set(frame["kind"]) == {"untrusted"}
    told = {(line["image"], line["face"]): line["detail"] for line in frame.to_dict("records")}
    assert told == {
        ("only/1.jpg", 0): "too blurred",
        ("only/2.jpg", 0): "too blurred",
        ("p1/9.jpg", 1): "too blurred; a smaller, clear face is taken instead",
    }
    alone = audited(tmp_path, [row("only/1.jpg", face(0, 10), **poor)])
    assert alone["kind"].tolist() == ["untrusted", "one_photograph"]
