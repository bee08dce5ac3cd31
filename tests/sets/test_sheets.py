"""The pictures of a sheet, as a WebVTT file tells them."""

import pytest
from visage.sets.sheets import frames_of
from visage.store.parts import named, split


@pytest.mark.parametrize(
    ("time", "part"),
    [
        ("00:01.500", "t=1.5"),
        ("01:02:03.004", "t=3723.004"),
        ("00:10.000", "t=10"),
        ("00:00.00001", "t=0"),
        ("27:46:40.250", "t=100000.25"),
    ],
)
def test_a_picture_is_called_by_its_second_and_found_again(time: str, part: str) -> None:
    (frame,) = frames_of(f"WEBVTT\n\n{time} --> {time}\na.jpg#xywh=0,0,160,90\n", "b/a.jpg")
    assert frame.part == part
    assert split(named("b/a.jpg", frame.part)) == ("b/a.jpg", part)


def test_no_time_is_no_picture() -> None:
    vtt = "WEBVTT\n\n00:888888888888888888881.500 --> 00:0.000\na.jpg#xywh=0,0,160,90\n"
    assert frames_of(vtt, "a.jpg") == []
