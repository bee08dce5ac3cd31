"""Whether a person is in a group: by hand, and with strangers added by the dozen."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from searching import searched
from visage.score import groups
from visage.score.groups import individuals, individuals_of_groups, presence
from visage.score.score import score
from visage.search.calibration import Calibration, probabilities
from visage.search.faces import unit
from visage.search.own_evaluation import Evaluation
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import write_table

LINE = Calibration(slope=-20.0, intercept=20.0)


def odds(probability: float) -> float:
    return probability / (1 - probability)


def rows_of(faces: list[dict[str, float]], group: str = "g") -> pd.DataFrame:
    """One image a face; each face has candidates with probabilities."""
    return pd.DataFrame(
        [
            {"group": group, "image": str(image), "face": 0, "id": person, "probability": share}
            for image, people in enumerate(faces)
            for person, share in people.items()
        ]
    )


def gathered(numbers: list[int], group: str = "g") -> pd.DataFrame:
    images = [str(image) for image in range(len(numbers))]
    return pd.DataFrame({"group": group, "image": images, "face": 0, "individual": numbers})


def test_worked_out_by_hand() -> None:
    faces = [{"a": 0.9, "b": 0.05}, {"a": 0.6, "b": 0.1}, {"b": 0.5, "c": 0.2}]
    found = presence(rows_of(faces), gathered([0, 0, 1])).set_index("id")["probability"]
    # The first two faces are one individual: the geometric mean of the odds, 9 and 1.5; the third
    # is not a's, so half of that is left.
    assert odds(found["a"]) == pytest.approx(np.sqrt(9 * 1.5) / 2)
    assert odds(found["b"]) == pytest.approx((np.sqrt(odds(0.05) * odds(0.1)) + 1) / 2)
    # c is not among the candidates of the first two, whose individual adds nothing then.
    assert odds(found["c"]) == pytest.approx(odds(0.2) / 2)


def test_who_is_missing_from_a_face_counts_as_the_least_likely_of_it() -> None:
    faces = [{"a": 0.9, "b": 0.05}, {"b": 0.5, "c": 0.2}]
    found = presence(rows_of(faces), gathered([0, 0])).set_index("id")["probability"]
    assert odds(found["a"]) == pytest.approx(np.sqrt(9 * odds(0.2)))


def test_one_stranger_seen_fifty_times_counts_once() -> None:
    stranger = {"a": 0.3, "b": 0.1}
    once = presence(rows_of([stranger]), gathered([0]))
    often = presence(rows_of([stranger] * 50), gathered([0] * 50))
    pd.testing.assert_frame_equal(once, often)
    assert once["probability"].tolist() == pytest.approx([0.3, 0.1])


def test_groups_do_not_mix() -> None:
    rows = pd.concat([rows_of([{"a": 0.9}], "g"), rows_of([{"a": 0.2}], "h")])
    faces = pd.concat([gathered([0], "g"), gathered([0], "h")])
    found = presence(rows, faces).set_index(["group", "id"])["probability"]
    assert found["g", "a"] == pytest.approx(0.9)
    assert found["h", "a"] == pytest.approx(0.2)


def test_faces_are_gathered_into_individuals() -> None:
    rng = np.random.default_rng(0)
    centres = unit(rng.normal(size=(5, 64)).astype(np.float32))
    who = rng.integers(0, 5, 60)
    vectors = unit((centres[who] + 0.03 * rng.normal(size=(60, 64))).astype(np.float32))
    found = individuals(vectors, 0.8, True)
    assert len(set(zip(who.tolist(), found.tolist(), strict=True))) == 5
    assert found[0] == 0
    assert set(found.tolist()) == set(range(5))
    assert individuals(vectors, 0.0, True).tolist() == list(range(60))
    assert set(individuals(vectors, 9.0, True)) == {0}
    assert len(individuals(np.empty((0, 64), np.float32), 1.0, True)) == 0
    assert individuals(np.array([[0, 1], [5, 1]], np.float32), 5.0, False).tolist() == [0, 0]


def test_a_group_of_very_many_is_gathered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "REMEMBERED", 3)
    vectors = np.array([[x, 0] for x in (0, 10, 20, 30, 30, 10, 0, 40)], np.float32)
    found = individuals(vectors, 1.0, False).tolist()
    assert found == [0, 1, 2, 3, 4, 1, 0, 5]  # the two at 30 came too late to be compared


def simulated(strangers: int, known: int, seed: int) -> tuple[pd.Series, float]:
    """How likely each of 30 people is in a group of strangers and some faces of p0; best face."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(30, 24)).astype(np.float32))
    labels = [f"p{code}" for code in range(30)]
    alone = unit(rng.normal(size=(strangers, 24)).astype(np.float32))
    own = centres[0] + 0.05 * rng.normal(size=(known, 24)).astype(np.float32)
    vectors = np.vstack([alone, unit(own.astype(np.float32))])
    found, gallery = searched(centres, labels, vectors, "mean", neighbours=5)
    # Even odds at 0.9, which many a stranger comes within here.
    line = Calibration(slope=-20.0, intercept=18.0)
    rows = pd.DataFrame(
        {
            "group": "g",
            "image": found.probe.astype(str),
            "face": 0,
            "id": [gallery.people[code] for code in found.person],
            "probability": probabilities(found.probe, found.measured, line),
        }
    )
    faces = pd.DataFrame({"group": "g", "image": np.arange(len(vectors)).astype(str), "face": 0})
    gathered = individuals_of_groups(faces, vectors, 0.75, True)
    likely = presence(rows, gathered).set_index("id")["probability"]
    return likely, float(rows["probability"].max())


def test_strangers_alone_do_not_add_up() -> None:
    few, many = ([simulated(number, 0, seed) for seed in range(12)] for number in (2, 400))
    best = [np.mean([found.max() for found, _ in runs]) for runs in (few, many)]
    assert best[1] < best[0] < 0.2
    assert np.mean([face for _, face in many]) > 0.6  # what the best face alone would have said
    found, _ = simulated(50, 5, 1)
    assert found.idxmax() == "p0"
    assert found["p0"] > 0.8
    assert found.drop("p0").max() < 0.2


def test_scores_have_the_probability_of_the_group(tmp_path: Path) -> None:
    own = {"name": "", "rank": 1, "hits": 1, "verdict": "unknown", "nearest": "", "nearest_face": 0}
    rows = [
        {"image": f"g/{n}", "group": "g", "face": 0, "id": "a", "distance": 0.9, **own}
        | {"probability": share}
        for n, share in enumerate([0.9, 0.9, 0.9])
    ]
    write_table(tmp_path / "matches.parquet", pa.Table.from_pylist(rows, MATCHES))
    vectors = [[1.0, 0.0], [0.99, 0.01], [0.0, 1.0]]  # two faces of one individual, one of another
    faces = [
        {"image": f"g/{n}", "group": "g", "face": 0, "status": "ok", "embedding": vector}
        for n, vector in enumerate(vectors)
    ]
    faces.append({"image": "g/none", "group": "g", "status": "no_face"})
    write_table(tmp_path / "faces.parquet", pa.Table.from_pylist(faces, FACES))
    evaluation = Evaluation(threshold=1.5, summary="", calibration=LINE, same_face=0.5)
    (tmp_path / "own.json").write_text(evaluation.model_dump_json())
    score(
        [tmp_path / "matches.parquet"],
        None,
        None,
        10,
        tmp_path / "scores.tsv",
        [tmp_path / "faces.parquet"],
        tmp_path / "own.json",
    )
    table = pd.read_csv(tmp_path / "scores.tsv", sep="\t", keep_default_na=False, dtype=str)
    assert table["Probability"].tolist() == ["0.90"]  # both individuals are a's: odds 9 and 9
    assert table["Score"].tolist() == ["3.33"]  # as the original has it: 3 hits / 0.9
