"""What follows from the evaluation for the matches."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import REPO, Workflow
from made_up_gallery import (
    DIMENSION,
    PUBLISHED,
    evaluated,
    gallery_table,
    known_gallery,
)
from visage.report.evaluation import write_page
from visage.search.faces import unit
from visage.search.own_evaluation import Evaluation
from visage.search.threshold import Threshold, resolve_threshold
from visage.store.tables import read_table


def test_the_gallery_sets_the_threshold(tmp_path: Path) -> None:
    result, found = evaluated(tmp_path, known_gallery())
    result.write(tmp_path / "evaluation.json")
    own = tmp_path / "evaluation.json"

    def threshold_of(setting: Any) -> Threshold:
        return resolve_threshold(setting, PUBLISHED, found.ranking, Evaluation.read(own))

    threshold = threshold_of("auto")
    assert threshold.value == result.threshold != 1.128
    assert "400 photographs" in threshold.source
    assert threshold_of(0.9).value == 0.9
    assert threshold_of(None).value is None
    assert result.operating[1].false_alarms == 4  # 1 % of 400
    vectors = known_gallery()["embedding"].to_pylist()
    unlike = [
        np.linalg.norm(np.subtract(*unit(np.array([a, b]))))
        for a, b in zip(vectors[:390], vectors[10:], strict=True)
    ]
    assert result.same_face and 0 < result.same_face < np.quantile(unlike, 0.02)
    laxer, _ = evaluated(tmp_path, known_gallery(), fpir=0.2)
    assert laxer.threshold and result.threshold and laxer.threshold > result.threshold


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (known_gallery(19, 10), ["190 photographs of 19 people", "199 photographs"]),
        (known_gallery(4, 60), ["240 photographs of 4 people", "5 people"]),
        (known_gallery(300, 1), ["0 of them with more than one"]),
        (known_gallery(1, 1), ["1 photographs of 1 people"]),
        (known_gallery(1, 3), ["3 photographs of 1 people"]),
    ],
)
def test_a_gallery_too_small_falls_back_and_says_so(
    tmp_path: Path, table: pa.Table, says: list[str]
) -> None:
    result, found = evaluated(tmp_path, table)
    result.write(tmp_path / "evaluation.json")
    own = Evaluation.read(tmp_path / "evaluation.json")
    threshold = resolve_threshold("auto", PUBLISHED, found.ranking, own)
    assert threshold.value == 1.128
    write_page(tmp_path / "page.html", result, tmp_path / "no-such-folder")
    page = (tmp_path / "page.html").read_text()
    for words in ["too small", *says]:
        assert words in threshold.source
        assert words in page
    assert "1.128" in page
    assert Evaluation.read(tmp_path / "evaluation.json").calibration is None
    _, raw = evaluated(tmp_path, table, normalize=False)
    assert resolve_threshold("auto", PUBLISHED, raw.ranking, own).value is None


def test_the_original_s_ranking_gets_no_threshold(tmp_path: Path) -> None:
    result, _ = evaluated(tmp_path, known_gallery(), ranking="visage")
    assert result.threshold is None
    assert result.calibration is None
    assert "visage" in result.summary


def test_labels_that_mean_nothing_give_no_threshold(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(400, DIMENSION)).astype(np.float32)
    result, _ = evaluated(tmp_path, gallery_table(vectors, [f"p{n % 40}" for n in range(400)]))
    if result.calibration is None:
        assert result.threshold is None
    assert result.rank_one and result.rank_one.value < 0.2


@pytest.mark.long
def test_friends_by_the_workflow(tmp_path: Path, shared_faces: Path) -> None:
    """The one slow test here: some 250 real photographs."""
    friends = shared_faces / "friends"
    (tmp_path / "config.yaml").write_text(
        f"gallery: {friends / 'gallery'}\nqueries: {friends / 'queries'}\nnames: null\nshards: 1\n"
    )
    workflow = Workflow(tmp_path)
    workflow.succeed("results/scores.tsv", "--configfile", "config.yaml")
    result = json.loads((tmp_path / "results/evaluation.json").read_text())
    assert result["gallery"]["people"] == 6
    # Nine are too blurred or turned away to be searched, and count as missed.
    counts = result["gallery"]
    failed = counts["failed"] / counts["known_searches"]
    assert counts["failed"] <= 9
    assert result["rank_one"]["value"] > 0.98 - failed
    assert result["threshold"] == result["operating"][1]["threshold"]
    assert result["operating"][1]["false_alarms"] == 2  # 1 % of 245 + 1
    assert result["operating"][1]["fnir"]["value"] < 0.04 + failed
    assert f"{result['threshold']:.4f}" in workflow.log("match_shard")
    matches = read_table(tmp_path / "results/queries/matches/0.parquet").to_pandas()
    assert matches["probability"].between(0, 1).all()
    for _, face in matches.groupby(["image", "face"]):
        assert face.sort_values("distance")["probability"].is_monotonic_decreasing
    named = matches[matches["verdict"] == "match"].groupby("image")["id"].apply(sorted).to_dict()
    everybody = ["Chandler", "Joey", "Monica", "Phoebe", "Rachel", "Ross"]
    assert named == {"Rachel.png": ["Rachel"], "friends1.jpg": everybody, "friends2.jpg": everybody}
    scores = workflow.scores()
    assert sorted(scores["ID"]) == everybody
    assert (scores["Probability"].astype(float) > 0.9).all()
    page = (tmp_path / "results/evaluation.html").read_text()
    assert page.count("data:image/") > 20
    # An evaluation that is gone takes with it what was judged by it.
    (tmp_path / "results/evaluation.json").unlink()
    printed = workflow.succeed("results/scores.tsv", "-n", "--configfile", "config.yaml")
    assert "match_shard" in printed
    assert "embed_shard" not in printed.split("Job stats")[-1]


def test_the_docs_tell_the_minimum() -> None:
    text = (REPO / "docs/accuracy.md").read_text()
    assert "2 / `fpir`" in text
