"""The WebVTT files of scenes."""

import pytest
from visage.app.clients.sprites import Seen, frames_of
from visage.app.problem import Problem
from visage.sets.sheets import Frame


def test_frames() -> None:
    vtt = "WEBVTT\n\n1\n01:00:00.500 --> 01:00:10.000\na b.jpg#xywh=160,0,160,90\n\n"
    vtt += "00:20,000 --> 00:30,000\na.jpg#xywh=pixel:0,90,160,90\nno times#xywh=1,2,3,4\n"
    assert frames_of(vtt) == [
        Frame(3600.5, 3610.0, (160, 0, 160, 90), "a b.jpg"),
        Frame(20.0, 30.0, (0, 90, 160, 90), "a.jpg"),
    ]
    for wrong in ("", "WEBVTT", "#xywh=0,0,1,1", "00:00:01.000 --> 00:00:02.000\nno place"):
        with pytest.raises(Problem, match="names no frame"):
            frames_of(wrong)


def test_ranges_that_touch_are_one() -> None:
    seen = Seen({"confidence": 50})
    for start, confidence in ((0, 60), (10, 90), (40, 70)):
        seen.add({"confidence": confidence}, Frame(start, start + 10, (0, 0, 1, 1)))
    assert (seen.ranges, seen.hits, seen.best["confidence"]) == ([[0, 20], [40, 50]], 3, 90)
