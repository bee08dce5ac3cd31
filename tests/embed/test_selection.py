"""Which face of a photograph is the most prominent one."""

import numpy as np
import pytest
from visage.config import Faces
from visage.embed.selection import Choice, prominence
from visage.types import Face

SIZE = (300, 200)
UNKNOWN = np.full((5, 2), np.nan, np.float32)
MIDDLE = (150, 100)


def face(centre: tuple[float, float], side: float, confidence: float = 0.9) -> Face:
    x, y = centre
    return Face(x - side / 2, y - side / 2, side, side, confidence, UNKNOWN)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (face(MIDDLE, 60), face((260, 40), 70)),  # a bystander at the edge is larger
        (face((100, 67), 60), face(MIDDLE, 40)),  # at the thirds, in front of somebody behind
        (face((250, 100), 60), face(MIDDLE, 30)),  # beside, before a small one in the middle
        (face((100, 100), 50, 0.95), face((200, 100), 50)),  # equals: the surer one
    ],
)
def test_the_most_prominent_face_is_large_and_near_the_middle(first: Face, second: Face) -> None:
    for faces in ([first, second], [second, first]):
        selected = Choice(Faces()).of(faces, SIZE)
        assert faces[selected[0].index] is first
        assert len(selected) == 2


def test_prominence_is_the_same_at_every_size_and_each_way_up() -> None:
    near, far = face((120, 90), 40), face((280, 150), 40)
    assert prominence(near, SIZE) == pytest.approx(1600 * (1 - (1000**0.5) / (32500**0.5)))
    assert prominence(face((300, 200), 40), SIZE) == 0
    turned = face((200 - 90, 120), 40)  # by a quarter, in a picture of 200 x 300
    assert prominence(turned, SIZE[::-1]) == pytest.approx(prominence(near, SIZE))
    doubled = [prominence(face((x * 2, y * 2), 80), (600, 400)) for x, y in ((120, 90), (280, 150))]
    assert doubled == pytest.approx([4 * prominence(one, SIZE) for one in (near, far)])


def test_to_keep_the_largest_keeps_the_largest() -> None:
    faces = [face(MIDDLE, 60), face((260, 40), 70)]
    (kept,) = Choice(Faces(keep="largest")).of(faces, SIZE)
    assert kept.index == 1
