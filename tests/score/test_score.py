"""Scores and the images table, from tables made by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from visage.score.images_table import tabulate
from visage.score.score import score
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import write_table


def row(image: str, person: str, distance: float, hits: int = 1, **more: Any) -> dict[str, Any]:
    group = image.rpartition("/")[0]
    own = {"image": image, "group": group, "face": 0, "rank": 1, "id": person, "name": ""}
    values = {"distance": distance, "hits": hits, "verdict": "unknown"}
    return own | values | more


def scored(folder: Path, *parts: list[dict], results: int = 10) -> pd.DataFrame:
    paths = []
    for number, rows in enumerate(parts):
        paths.append(folder / f"{number}.parquet")
        write_table(paths[-1], pa.Table.from_pylist(rows, MATCHES))
    names = folder / "names.json"
    names.write_text(json.dumps({"a": "Sam", "b": "Sam", "c": {"name": None, "country": "GB"}}))
    score(paths, names, None, results, folder / "scores.tsv")
    return pd.read_csv(folder / "scores.tsv", sep="\t", keep_default_na=False, dtype=str)


def test_order_and_groups(tmp_path: Path) -> None:
    one = [
        row("g/1", "a", 2.0, 4),
        row("g/1", "b", 1.0, 1, verdict="match", probability=0.25),
        row("h/1", "a", 0.5, 1, verdict="possible"),
    ]
    two = [
        row("g/2", "a", 1.0, 2),
        row("g/2", "b", 3.0, 1, verdict="possible", probability=0.5),
        row("g/2", "c", 5.0, 1),
        row("g/2", "d", 5.0, 1),
        row("g/2", "e", 7.0, 0),
    ]
    table = scored(tmp_path, one, two)
    columns = ["Group", "ID", "Name", "Score", "Hits", "Avg Distance", "Images"]
    columns += ["Best Distance", "Probability", "Verdict"]
    # g, b: 2 hits, (1 + 3) / 2 = 2, 2 / 2 = 1; first, because it is a match.
    # g, a: 6 hits, (2 x 4 + 1 x 2) / 6 = 1.667, 6 / 1.667 = 3.6; the images are not hers.
    # g, c and d: equal; the original sorts its rows downwards, the id included.
    # g, e: no neighbour at all, so no hits and nothing to weigh by.
    assert table[columns].to_numpy().tolist() == [
        ["g", "b", "Sam", "1.00", "2", "2.00", "2", "1.0000", "0.50", "match"],
        ["g", "a", "Sam", "3.60", "6", "1.67", "0", "1.0000", "", "unknown"],
        ["g", "d", "d", "0.20", "1", "5.00", "0", "5.0000", "", "unknown"],
        ["g", "c", "c", "0.20", "1", "5.00", "0", "5.0000", "", "unknown"],
        ["g", "e", "e", "0.00", "0", "7.00", "0", "7.0000", "", "unknown"],
        ["h", "a", "Sam", "2.00", "1", "0.50", "1", "0.5000", "", "possible"],
    ]


def test_each_person_counts_once_an_image(tmp_path: Path) -> None:
    rows = [
        row("1", "a", 3.0, 2, face=0, verdict="match"),
        row("1", "a", 2.0, 5, face=1, rank=2, verdict="possible"),  # nearer to this face
        row("1", "b", 1.0, 7, face=1),
        row("1", "c", 9.0, 9, face=0, rank=2),  # the third person, where two count
    ]
    table = scored(tmp_path, rows, results=2)
    assert table[["ID", "Hits", "Best Distance", "Verdict"]].to_numpy().tolist() == [
        ["a", "5", "2.0000", "match"],
        ["b", "7", "1.0000", "unknown"],
    ]


def as_the_original(lists: dict[str, list[tuple[str, float, int]]]) -> dict[str, list[str]]:
    """Score lists of (id, distance, hits) as the original's scoring does, in plain Python."""
    found: dict[str, list[tuple[float, int]]] = {}
    for image in sorted(lists):
        for person, distance, hits in lists[image]:
            found.setdefault(person, []).append((distance, hits))
    table = {}
    for person, seen in found.items():
        total = sum(hits for _, hits in seen)
        weighted = 0.0
        for distance, hits in seen:  # Python's `sum` compensates from 3.12 on
            weighted = weighted + distance * hits
        average = weighted / total
        table[person] = [f"{total / average:.2f}", str(total), f"{average:.2f}"]
    return table


def test_to_the_last_digit_as_the_original(tmp_path: Path) -> None:
    """Many made-up runs, each a group; the images come in another order, in two shards."""
    rng = np.random.default_rng(1)
    runs, rows = {}, []
    for run in range(5000):
        lists: dict[str, list[tuple[str, float, int]]] = {}
        for image in range(int(rng.integers(2, 9))):
            people = rng.permutation(4)[:3]
            lists[f"{run}/{image}.jpg"] = [
                (f"p{person}", float(rng.integers(1, 1400)) / 100, int(rng.integers(1, 12)))
                for person in people
            ]
        runs[str(run)] = as_the_original(lists)
        rows += [
            row(image, person, distance, hits, rank=place)
            for image, found in lists.items()
            for place, (person, distance, hits) in enumerate(found, 1)
        ]
    order = rng.permutation(len(rows))
    table = scored(tmp_path, *([rows[n] for n in part] for part in np.array_split(order, 2)))
    columns = ["Group", "ID", "Score", "Hits", "Avg Distance"]
    assert {(group, person): own for group, person, *own in table[columns].to_numpy().tolist()} == {
        (group, person): own for group, found in runs.items() for person, own in found.items()
    }


@pytest.mark.parametrize("distances", [[0.0, 0.0], [-1.5, 0.5], [0.001, 0.001]])
def test_scores_are_finite_and_positive(tmp_path: Path, distances: list[float]) -> None:
    table = scored(tmp_path, [row(str(n), "a", d, 2) for n, d in enumerate(distances)])
    assert table["Score"].tolist() == ["400.00"]  # 4 hits / 0.01


def test_no_matches_at_all(tmp_path: Path) -> None:
    scored(tmp_path, [], [])
    assert (tmp_path / "scores.tsv").read_text() == (
        "Score\tHits\tAvg Distance\tID\tName\tGroup\tImages\tBest Distance\tProbability\tVerdict\t"
        "Link\n"
    )


def test_images_table(tmp_path: Path) -> None:
    ok: dict[str, Any] = {"status": "ok", "reason": "", "embedding": [1.0, 2.0]}
    small = {"status": "too_small", "reason": "3 x 3 pixels", "embedding": None}
    bad = {"status": "unreadable", "reason": "an\todd\nreason", "embedding": None}
    gallery = [
        {"image": "amy/2.jpg", "person": "amy"} | bad,
        {"image": "amy/1.jpg", "person": "amy"} | small,
        {"image": "amy/1.jpg", "person": "amy"} | ok,
        {"image": "amy/1.jpg", "person": "amy"} | ok,
    ]
    queries = [{"image": "q.jpg", "group": ""} | ok]
    for name, rows in (("g", gallery), ("q", queries), ("empty", [])):
        write_table(tmp_path / name, pa.Table.from_pylist(rows, FACES))
    tabulate([tmp_path / "empty", tmp_path / "g"], [tmp_path / "q"], tmp_path / "images.tsv")
    table = pd.read_csv(tmp_path / "images.tsv", sep="\t", keep_default_na=False, dtype=str)
    assert table.columns.tolist() == [
        "set",
        "image",
        "label",
        "status",
        "reason",
        "faces",
        "original",
    ]
    assert table.to_numpy().tolist() == [
        ["gallery", "amy/1.jpg", "amy", "ok", "", "2", ""],
        ["gallery", "amy/2.jpg", "amy", "unreadable", "an\todd\nreason", "0", ""],
        ["queries", "q.jpg", "", "ok", "", "1", ""],
    ]
