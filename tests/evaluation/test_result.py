"""The evaluation read back as it was written."""

import json
from pathlib import Path

import pytest
from made_up_gallery import evaluated, known_gallery
from visage.evaluation.confusions import false_alarms, misses
from visage.evaluation.details import with_details
from visage.evaluation.nobody import nobody
from visage.evaluation.result import Result
from visage.store.tables import Origin

OTHERS = {"version", "fingerprint", "learnt", "same_face"}  # what nobody is shown


def test_all_that_is_written_is_read(tmp_path: Path) -> None:
    written, found = evaluated(tmp_path, known_gallery())
    written = json.loads(json.dumps(with_details(written, found)))
    result = Result.of(written)
    assert set(Result.model_fields) == written.keys() - OTHERS
    assert result.details.false_alarms == false_alarms(found)
    assert result.details.misses == misses(found)
    assert result.used_threshold == result.threshold == written["threshold"]
    for key in ("operating", "held_out"):
        assert [point._asdict()["fpir"] for point in getattr(result, key)] == [
            point["fpir"] for point in written[key]
        ]
    # But for the intervals, which are no dicts there, it gives the file again.
    again = result.model_dump(mode="json", by_alias=True)
    for key in ("gallery", "published", "cmc", "strata", "summary", "calibration_error"):
        assert again[key] == written[key]


def test_nobody_is_an_evaluation() -> None:
    result = Result.of(with_details(nobody(Origin("m", "f"), "mean", True, 0.01), None))
    assert (result.gallery.people, result.used_threshold, result.operating) == (0, None, [])


def test_the_published_threshold_stands_in(tmp_path: Path) -> None:
    written, found = evaluated(tmp_path, known_gallery(4, 3))
    result = Result.of(with_details(written, found))
    assert result.threshold is None
    assert result.used_threshold == 1.128


def test_what_is_no_evaluation_is_refused() -> None:
    for content in ({}, {"threshold": 1.0}, {"gallery": 3}):
        with pytest.raises(ValueError, match=r"^gallery: \S.*$"):
            Result.of(content)
