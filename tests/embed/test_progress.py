import io
from pathlib import Path

import pytest
from visage.embed import progress
from visage.embed.progress import Progress, meter, running


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_words_say_how_many_how_fast_and_how_long() -> None:
    # 30 images in 10 seconds are 3 a second; the other 60 take 20 seconds.
    assert meter(30, 90, 10.0) == "30/90 images,  3.00/s, 00:20 left"


def test_one_job_draws_for_all_and_another_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SCREEN_SECONDS", 0.0)
    first, second = Terminal(), Terminal()
    with Progress(tmp_path, "gallery-0", 10, first) as one:
        with Progress(tmp_path, "gallery-1", 5, second) as two:
            one.step()
            two.step()
            one.step()
            last = first.getvalue().split("\r")[-1]
            assert "gallery-0 2/10" in last
            assert "gallery-1 1/5" in last
            assert second.getvalue() == ""
        one.step()
        assert "gallery-1" not in first.getvalue().split("\r")[-1]
    with Progress(tmp_path, "gallery-2", 5, second) as two:
        two.step()
    assert "gallery-2 1/5" in second.getvalue()
    assert running(tmp_path) == []


def test_nothing_is_drawn_where_nobody_looks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stream = io.StringIO()
    with Progress(tmp_path, "queries-0", 2, stream) as one:
        one.step()
    assert stream.getvalue() == ""
    assert "1/2 images" in caplog.text
