"""`faces.tsv` and `together.tsv`, from made-up tables."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from visage.score.faces_table import COLUMNS, Shard, tabulate_faces
from visage.score.together import tabulate_together
from visage.store.clusters import CLUSTERS
from visage.store.faces import FACES
from visage.store.labelled import LABELLED
from visage.store.matches import MATCHES
from visage.store.tables import write_table
from visage.store.tsv import read_rows


def write(path: Path, rows: list[dict], schema: pa.Schema) -> Path:
    write_table(path, pa.Table.from_pylist(rows, schema))
    return path


def face(image: str, number: int | None, **more: Any) -> dict:
    box = {} if number is None else {"x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0}
    row = {"image": image, "group": "g", "face": number, "status": "ok", "sha256": image}
    return row | box | more


def match(image: str, number: int, person: str, verdict: str, **more: Any) -> dict:
    row = {"image": image, "group": "g", "face": number, "rank": 1, "id": person, "name": ""}
    return row | {"verdict": verdict, "distance": 0.5, "nearest": "ann/1.jpg"} | more


def test_every_face_has_a_row_with_what_is_known_of_it(tmp_path: Path) -> None:
    first = write(
        tmp_path / "0.parquet",
        [
            face("b.jpg", 0),
            face("b.jpg", 1, status="too_small"),
            face("none.jpg", None, status="no_face"),
        ],
        FACES,
    )
    second = write(tmp_path / "1.parquet", [face("=a.jpg", n) for n in range(11)], FACES)
    matches = [
        write(
            tmp_path / "m0.parquet",
            [
                match("b.jpg", 0, "=1+1", "match", name="Ann", probability=0.98765),
                match("b.jpg", 0, "bob", "possible", rank=2),
            ],
            MATCHES,
        ),
        write(
            tmp_path / "m1.parquet",
            [
                match("=a.jpg", 0, "ann", "given", distance=0.0, nearest=""),
                match("=a.jpg", 1, "bob", "unknown"),
            ],
            MATCHES,
        ),
    ]
    clusters = write(
        tmp_path / "c.parquet",
        [{"image": "=a.jpg", "face": 1, "cluster": "unknown-1"}, {"image": "=a.jpg", "face": 2}],
        CLUSTERS,
    )
    labelled = write(
        tmp_path / "labelled.parquet",
        [
            face("b.jpg", 2) | {"set": "queries", "say": "is", "added": True, "person": "cleo"},
            face("=a.jpg", 2) | {"set": "queries", "say": "ignore", "added": False},
            face("b.jpg", 9) | {"set": "gallery", "say": "is", "added": True},
        ],
        LABELLED,
    )
    output = tmp_path / "faces.tsv"
    shards = [Shard(first, matches[0]), Shard(second, matches[1])]
    assert tabulate_faces(shards, labelled, clusters, output) == 14
    rows = list(read_rows(output))
    places = [(row["Image"], int(row["Face"])) for row in rows]
    assert places == [*(("=a.jpg", n) for n in range(11)), *(("b.jpg", n) for n in range(3))]
    told = dict(zip(places, rows, strict=True))
    best = told["b.jpg", 0]
    assert (best["ID"], best["Name"], best["Verdict"]) == ("=1+1", "Ann", "match")
    assert (best["Probability"], best["Distance"]) == ("0.9877", "0.5000")
    assert best["Nearest"] == "ann/1.jpg"
    given = told["=a.jpg", 0]
    assert (given["ID"], given["Name"], given["Distance"]) == ("ann", "ann", "")
    unknown = told["=a.jpg", 1]
    assert (unknown["ID"], unknown["Distance"], unknown["Cluster"]) == ("", "0.5000", "unknown-1")
    assert told["=a.jpg", 2]["Status"] == "ignored"
    assert told["b.jpg", 1]["Status"] == "too_small"
    assert told["b.jpg", 2]["Status"] == "ok"
    assert output.stat().st_mode & 0o777 == 0o600
    assert "\t=" not in output.read_text() and "\n=" not in output.read_text()
    assert list(rows[0]) == list(COLUMNS)


def test_pages_come_in_order_and_say_which_they_are(tmp_path: Path) -> None:
    images = ["scan.tif#10", "scan.tif#2", "scan.tif", "a_sprite.jpg#t=12.5", "scan.tif/x.jpg"]
    shard = Shard(
        write(tmp_path / "0.parquet", [face(image, 0) for image in images], FACES),
        write(tmp_path / "m.parquet", [], MATCHES),
    )
    tabulate_faces([shard], None, None, tmp_path / "faces.tsv")
    rows = [(row["Image"], row["Page"]) for row in read_rows(tmp_path / "faces.tsv")]
    assert rows == [
        ("a_sprite.jpg#t=12.5", "t=12.5"),
        ("scan.tif", ""),
        ("scan.tif#2", "2"),
        ("scan.tif#10", "10"),
        ("scan.tif/x.jpg", ""),
    ]


def test_people_in_one_picture_are_counted_once_a_photograph(tmp_path: Path) -> None:
    table = write(
        tmp_path / "0.parquet",
        [
            face(name, n, sha256=sha)
            for name, sha in (("a", "1"), ("copy", "1"), ("b", "2"))
            for n in (0, 1)
        ],
        FACES,
    )
    rows = [
        match(image, number, person, verdict, name=person.title(), group=image)
        for image in ("a", "copy", "b")
        for number, (person, verdict) in enumerate((("ann", "given"), ("bob", "match")))
    ]
    rows += [match("b", 2, "cleo", "possible", group="b"), match("b", 3, "dan", "match", group="b")]
    matches = write(tmp_path / "m.parquet", rows, MATCHES)
    output = tmp_path / "together.tsv"
    assert tabulate_together([table], [matches], {}, output) == 3
    assert [list(row.values()) for row in read_rows(output)] == [
        ["ann", "Ann", "bob", "Bob", "2", "3", "a"],
        ["ann", "Ann", "dan", "dan", "1", "1", "b"],
        ["bob", "Bob", "dan", "dan", "1", "1", "b"],
    ]
    # b is a copy of a photograph in which Dan was not found.
    assert tabulate_together([table], [matches], {"b": "a"}, output) == 3
    assert [list(row.values())[4:] for row in read_rows(output)] == [
        ["1", "3", "a"],
        ["1", "1", "b"],
        ["1", "1", "b"],
    ]
