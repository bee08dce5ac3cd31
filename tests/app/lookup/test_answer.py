"""What the page draws: the order in which faces are numbered, photographs that lie."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from visage.app.lookup.answer import drawn, reading_order
from visage.images.turns import TURNS, turned
from visage.search.lookup import Answer, FoundFace
from visage.types import Box


def test_rows_from_the_top_each_from_the_left() -> None:
    boxes = [Box(300, 210, 50, 60), Box(10, 20, 60, 70), Box(200, 0, 40, 50), Box(20, 200, 50, 60)]
    assert reading_order(boxes) == [1, 2, 3, 0]
    assert reading_order([]) == []


def test_a_large_face_stands_in_the_row_of_small_ones() -> None:
    assert reading_order([Box(500, 80, 100, 130), Box(10, 60, 300, 360)]) == [1, 0]


def picture(address: str) -> np.ndarray:
    data = base64.b64decode(address.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)


@pytest.mark.parametrize("turn", TURNS[1:])
def test_a_photograph_that_lies_is_drawn_upright(turn: int) -> None:
    """Upright it has a face at the left, red above green, and one at the right, in blue."""
    upright = np.full((100, 200, 3), 255, np.uint8)
    upright[20:40, 10:50], upright[40:60, 10:50], upright[20:60, 110:150] = (
        *((0, 0, 255), (0, 255, 0), (255, 0, 0)),  # BGR
    )
    lies = turned(upright, 360 - turn)
    height, width = lies.shape[:2]
    own = {
        90: [Box(20, 150, 40, 40), Box(20, 50, 40, 40)],
        180: [Box(150, 40, 40, 40), Box(50, 40, 40, 40)],
        270: [Box(40, 10, 40, 40), Box(40, 110, 40, 40)],
    }[turn]
    faces = [FoundFace(box, 0.9, "ok", "", None) for box in reversed(own)]
    answer = drawn(Answer(lies, width, height, faces, turn), preview=False)
    assert picture(answer["shown"]).shape == (100, 200, 3)
    left, right = answer["faces"]
    assert left["place"] == pytest.approx((0.05, 0.2, 0.2, 0.4))
    assert right["place"] == pytest.approx((0.55, 0.2, 0.2, 0.4))
    assert left["box"] == own[0]._asdict()  # as it lies: that is what a label says
    crop = picture(left["crop"])
    middle = crop[:, crop.shape[1] // 2 - 4 : crop.shape[1] // 2 + 4]
    above, below = middle[len(crop) * 2 // 5], middle[len(crop) * 3 // 5]
    assert (above[:, 0] > 200).all() and (below[:, 1] > 200).all()
