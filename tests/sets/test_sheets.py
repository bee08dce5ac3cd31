"""The pictures of a sheet, as a WebVTT file tells them."""

import pytest
from visage.sets.sheets import Frame, cues_of, frames_of, scene_of
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


def frames(place: str, sheet: str) -> list[Frame]:
    return frames_of(f"WEBVTT\r\n\r\ncue 1\r\n00:01.000 --> 00:02.000\r\n{place}\r\n", sheet)


@pytest.mark.parametrize(
    ("fragment", "area"),
    [
        ("xywh=160,0,160,90", (160, 0, 160, 90)),
        ("xywh=pixel:160,0,160,90", (160, 0, 160, 90)),
        ("xywh=160.0, 0.0, 160.4, 90", (160, 0, 160, 90)),
        ("t=3&xywh=160,0,160,90", (160, 0, 160, 90)),
        ("xywh=percent:50,25,50,25", (160, 45, 160, 45)),
        ("xywh=percent:33.4,0,33.3,100", (107, 0, 106, 180)),
        ("xywh=0,0,0,0", (0, 0, 0, 0)),  # it has a row, which says so
    ],
)
def test_a_place_is_in_pixels_or_percent(fragment: str, area: tuple[int, ...]) -> None:
    (frame,) = frames(f"a.jpg#{fragment}", "a.jpg")
    assert frame.area((320, 180)) == area


@pytest.mark.parametrize(
    "fragment", ["xywh=-1,0,9,9", "xywh=1,2,3", "xywh=9999999999,0,1,1", "t=3"]
)
def test_what_is_no_place_is_no_picture(fragment: str) -> None:
    assert frames(f"a.jpg#{fragment}", "a.jpg") == []


@pytest.mark.parametrize(
    ("address", "sheet"),
    [
        ("", "film.jpg"),
        ("../sprites/film.jpg", "x/film.jpg"),
        ("http://localhost:9999/scene/3/film.jpg?apikey=a/b&t=1", "x/film.jpg"),
        ("/data/my%20film%20%C3%A9.jpg", "x/my film e\N{COMBINING ACUTE ACCENT}.jpg"),
        ("50%25.jpg", "50%.jpg"),
        ("50%25.jpg", "50%25.jpg"),
        ("what?.jpg", "what?.jpg"),
        ("C:\\sprites\\film.jpg", "film.jpg"),
        ("FILM.JPG", "film.jpg"),
    ],
)
def test_a_sheet_is_named_by_a_path_or_an_address(address: str, sheet: str) -> None:
    assert len(frames(f"{address}#xywh=0,0,9,9", sheet)) == 1
    assert frames("other.jpg#xywh=0,0,9,9", sheet) == []


@pytest.mark.parametrize(
    ("sheet", "cues", "scene"),
    [
        ("x/abc_sprite.jpg", "x/abc_thumbs.vtt", "x/abc"),
        ("x/abc_sprite.jpg", "x/abc_sprite.vtt", "x/abc"),
        ("x/abc_sprite.jpg", "x/abc.vtt", "x/abc"),
        ("abc.jpg", "abc.vtt", "abc"),
        ("abc.jpg", "abc.jpg.vtt", "abc"),
        ("x/abc-2.jpg", "x/abc-2.vtt", "x/abc-2"),
        ("x/abc-2.jpg", "x/abc.vtt", "x/abc"),  # one of several sheets of a scene
        ("x/abc_sprite_02.jpg", "x/abc_thumbs.vtt", "x/abc"),
        ("scene.v2.jpg", "scene.v2.vtt", "scene.v2"),
    ],
)
def test_the_cues_of_a_sheet_and_its_scene(sheet: str, cues: str, scene: str) -> None:
    assert cues in cues_of(sheet)
    assert scene_of(sheet, cues) == scene


def test_a_sheet_without_cues_is_a_scene_of_its_own() -> None:
    assert [scene_of(sheet) for sheet in ("x/abc_sprite.jpg", "abc-2.jpg")] == ["x/abc", "abc-2"]
