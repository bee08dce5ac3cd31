"""Copies among the queries count once."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from visage.score.copies import originals
from visage.score.images_table import tabulate
from visage.score.score import score
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import write_table

NEAR = 0.3


def vector(degrees: float) -> list[float]:
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def face(image: str, degrees: float | None, sha: str = "", side: int = 100) -> dict[str, Any]:
    return {
        "image": image,
        "group": image.rpartition("/")[0],
        "sha256": sha or image,
        "status": "no_face" if degrees is None else "ok",
        "reason": "",
        "width": side,
        "height": side,
        "face": None if degrees is None else 0,
        "embedding": None if degrees is None else vector(degrees),
    }


def table(path: Path, *rows: dict[str, Any]) -> Path:
    write_table(path, pa.Table.from_pylist(rows, FACES))
    return path


def test_the_same_file_and_all_but_the_same_faces_are_copies_within_a_group(
    tmp_path: Path,
) -> None:
    one = table(
        tmp_path / "0",
        face("g/a", 0),
        face("g/b", 1, side=200),  # the larger is the original
        face("g/c", 90),
        face("g/nobody", None, "x"),
        face("h/a", 0),
    )
    two = table(
        tmp_path / "1",
        face("g/again", 90, "g/c"),
        face("g/nobody2", None, "x"),
        face("g/pair", 200),
        face("g/pair", 260) | {"face": 1},
        face("g/pair2", 261, side=50) | {"face": 1},
        face("g/pair2", 201, side=50),
    )
    assert originals([one, two], NEAR) == {
        "g/a": "g/b",
        "g/c": "g/again",  # of the same size the first by name
        "g/nobody2": "g/nobody",
        "g/pair2": "g/pair",
    }
    assert originals([], NEAR) == {}


def test_of_a_smaller_or_cut_copy_faces_may_be_missing(tmp_path: Path) -> None:
    def group(image: str, *degrees: float, side: int = 100) -> list[dict[str, Any]]:
        return [face(image, d, side=side) | {"face": n} for n, d in enumerate(degrees)]

    shown = [
        *group("g/large", 0, 60, 120, side=400),
        *group("g/small", 1, 61),
        *group("g/cut", 119, side=500),  # the picture with more faces counts for it
        *group("g/other", 0, 180, side=300),  # one face is in no other picture
        *group("h/small", 0, 60),
    ]
    assert originals([table(tmp_path / "0", *shown)], NEAR) == {
        "g/cut": "g/large",
        "g/small": "g/large",
    }


def test_a_photograph_five_times_has_the_hits_of_one(tmp_path: Path) -> None:
    names = [f"g/{number}" for number in range(5)]
    queries = table(tmp_path / "q", *(face(name, 0, "same") for name in names), face("g/x", 90))
    tabulate([], [queries], tmp_path / "images.tsv", NEAR)
    images = pd.read_csv(tmp_path / "images.tsv", sep="\t", keep_default_na=False)
    assert images["original"].tolist() == ["", *["g/0"] * 4, ""]

    def hits(path: Path | None, verdicts: list[str]) -> list[int]:
        rows = [
            {"image": name, "group": "g", "face": 0, "rank": 1, "id": "amy", "name": ""}
            | {"distance": 1.0, "hits": 3, "verdict": verdict}
            for name, verdict in zip([*names, "g/x"], verdicts, strict=True)
        ]
        write_table(tmp_path / "m", pa.Table.from_pylist(rows, MATCHES))
        score([tmp_path / "m"], None, None, 10, tmp_path / "scores.tsv", images=path)
        return pd.read_csv(tmp_path / "scores.tsv", sep="\t")["Hits"].tolist()

    match = ["match"] * 6
    assert hits(tmp_path / "images.tsv", match) == [6]
    assert hits(None, match) == [18]
    assert hits(tmp_path / "images.tsv", [*match[:3], "given", *match[4:]]) == [9]  # said of a copy
