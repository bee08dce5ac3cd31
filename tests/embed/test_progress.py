import json
from pathlib import Path

import pytest
from visage.embed import progress
from visage.embed.progress import Progress


def test_a_job_says_how_far_it_is_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(progress, "TOLD_SECONDS", 0.0)
    told = tmp_path / "made" / "gallery 0.json"
    with Progress(told.parent, "gallery 0", 10) as one:
        assert json.loads(told.read_text()) == {"done": 0, "total": 10}
        one.step()
        one.step()
        assert json.loads(told.read_text())["done"] == 2
        assert not caplog.text
    assert not told.exists()
    assert "2/10 images" in caplog.text


def test_a_long_job_says_so_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(progress, "LOG_SECONDS", 0.0)
    with Progress(tmp_path, "queries 3", 2) as one:
        one.step()
        assert "1/2 images" in caplog.text
