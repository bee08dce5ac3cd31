"""The order in which faces are numbered."""

from visage.app.lookup.answer import reading_order
from visage.types import Box


def test_rows_from_the_top_each_from_the_left() -> None:
    boxes = [Box(300, 210, 50, 60), Box(10, 20, 60, 70), Box(200, 0, 40, 50), Box(20, 200, 50, 60)]
    assert reading_order(boxes) == [1, 2, 3, 0]
    assert reading_order([]) == []


def test_a_large_face_stands_in_the_row_of_small_ones() -> None:
    assert reading_order([Box(500, 80, 100, 130), Box(10, 60, 300, 360)]) == [1, 0]
