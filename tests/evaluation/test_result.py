"""The evaluation read back as it was written."""

import json
from pathlib import Path

import pytest
from conftest import REPO
from made_up_gallery import evaluated, known_gallery
from visage.evaluation.result import Result


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written, _ = evaluated(tmp_path, known_gallery())
    written.write(tmp_path / "evaluation.json")
    read = Result.read(tmp_path / "evaluation.json")
    assert read == written
    assert read.details.false_alarms and read.details.misses and read.operating
    assert read.used_threshold == read.threshold is not None
    read.write(tmp_path / "again.json")
    one, other = ((tmp_path / f"{name}.json").read_bytes() for name in ("evaluation", "again"))
    assert one == other


def test_the_file_has_the_keys_that_the_docs_explain(tmp_path: Path) -> None:
    written, _ = evaluated(tmp_path, known_gallery())
    written.write(tmp_path / "evaluation.json")
    content = json.loads((tmp_path / "evaluation.json").read_text())
    docs = (REPO / "docs/evaluation.md").read_text(encoding="utf-8")
    for key in content:
        assert f"`{key}`" in docs, key
    assert content["rank_one"].keys() == {"value", "low", "high"}
    assert content["calibration"].keys() == {"slope", "intercept"}
    assert content["learnt"].keys() == {"within", "centre"}
    (first, *_) = content["strata"]["photographs"]
    assert {"from", "to"} <= first.keys()
    (search, *_) = content["details"]["misses"]
    assert search["box"] == [1.0, 2.0, 30.0, 40.0]


def test_the_published_threshold_stands_in(tmp_path: Path) -> None:
    result, _ = evaluated(tmp_path, known_gallery(4, 3))
    assert result.threshold is None
    assert result.used_threshold == 1.128


def test_what_is_no_evaluation_is_refused() -> None:
    for content in ({}, {"threshold": 1.0}, {"gallery": 3}, {"threshold": "far"}):
        with pytest.raises(ValueError, match=r"^(threshold|summary): \S.*$"):
            Result.of(content)
