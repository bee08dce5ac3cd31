"""Several looks at a face: windows where they should be, and means of what is seen in them."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import REPO
from visage.images.decode import decode
from visage.models.detectors.detector import Rows
from visage.models.detectors.looks import SIDE, Looks, windows
from visage.models.detectors.yunet import FLOOR, OpenVinoYuNet
from visage.types import Face, Pixels

YUNET = REPO / "weights/face_detection_yunet_2023mar_float32.onnx"
POINTS = np.array([[40, 50], [80, 52], [60, 75], [45, 95], [78, 96]], np.float32)
NOWHERE = np.zeros((5, 2), np.float32)


def marked(offset: tuple[int, int], factor: int, size: tuple[int, int]) -> tuple[Pixels, Face]:
    """Draw a face of bright squares, and say where it is."""
    pixels = np.zeros((*size, 3), np.uint8)
    for x, y in (POINTS * factor + offset).astype(int):
        half = 3 * factor
        cv2.rectangle(pixels, (x - half, y - half), (x + half, y + half), (255, 255, 255), -1)
    return pixels, Face(offset[0], offset[1], 120 * factor, 120 * factor, 0.9, NOWHERE)


class Marks:
    """Finds the squares, and says so in two cells that err by as much in opposite directions."""

    def cells(self, pixels: Pixels, floor: float) -> Rows:
        del floor
        _, _, _, centres = cv2.connectedComponentsWithStats((pixels[..., 0] > 100).astype(np.uint8))
        rows = sorted(centres[1:].tolist(), key=lambda point: point[1])
        eyes, nose, mouth = sorted(rows[:2]), rows[2], sorted(rows[3:])
        points = [*eyes, nose, *mouth]
        x, y = np.mean(points, axis=0)
        row = [x - 40, y - 40, 80, 80, *np.ravel(points), 0.8]
        error = np.array([0] * 4 + [2] * 10 + [0])
        return np.array([row + error, row - error], np.float32)


@pytest.mark.parametrize(("offset", "factor"), [((30, 20), 1), ((101, 57), 3), ((-20, -10), 2)])
def test_landmarks_come_back_into_the_photograph(offset: tuple[int, int], factor: int) -> None:
    """Small, large (averaged first) and over the edge; upright and mirrored looks agree."""
    pixels, face = marked(offset, factor, (600, 700))
    refined = Looks(Marks(), [80], 0.3).refine(pixels, face)
    np.testing.assert_allclose(refined.landmarks, POINTS * factor + offset, atol=1.2 * factor)
    assert (refined.x, refined.w, refined.confidence) == (face.x, face.w, face.confidence)


@pytest.mark.parametrize("degrees", [-70, 70])
def test_a_head_held_askew_is_looked_at_upright(degrees: int) -> None:
    """What finds the marks takes the upper two for the eyes: right only where they are upright."""
    pixels, face = marked((101, 57), 3, (600, 700))
    middle = (face.x + face.w / 2, face.y + face.h / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    leaning = np.asarray(cv2.warpAffine(pixels, turn, (700, 600)), np.uint8)
    points = (POINTS * 3 + (101, 57)) @ turn[:, :2].T + turn[:, 2]
    known = replace(face, landmarks=points.astype(np.float32))
    refined = Looks(Marks(), [80], 0.3).refine(leaning, known)
    np.testing.assert_allclose(refined.landmarks, points, atol=3.6)


def test_a_window_holds_the_face_at_the_size_asked_for() -> None:
    pixels, face = marked((101, 57), 3, (600, 700))
    for window, size in zip(windows(pixels, face, [64, 80]), (64, 80), strict=True):
        assert window.pixels.shape == (SIDE, SIDE, 3)
        assert window.box.w == pytest.approx(size)
        assert window.box.x + window.box.w / 2 == pytest.approx(SIDE / 2)


def test_a_face_that_no_look_finds_stays_as_it_is() -> None:
    class Blind:
        def cells(self, _: Pixels, __: float) -> Rows:
            return np.empty((0, 15), np.float32)

    pixels, face = marked((30, 20), 1, (300, 300))
    assert Looks(Blind(), [80], 0.3).refine(pixels, face) is face
    outside = Face(5000.0, 5000.0, 40.0, 40.0, 0.9, NOWHERE)
    assert Looks(Blind(), [80], 0.3).refine(pixels, outside) is outside


def test_looks_agree_with_each_other_more_than_single_ones(photographs: Path) -> None:
    """On a real face: turned in place by a hair, its landmarks move less than one look's do."""
    if not YUNET.exists():
        pytest.skip("the weights are not here yet; the demo fetches them")
    path = next(iter(sorted((photographs / "gallery").rglob("*.png"))))
    pixels = decode(path.read_bytes()).pixels
    network = OpenVinoYuNet(YUNET, 1)
    looks = Looks(OpenVinoYuNet(YUNET, 1, (SIDE, SIDE)), [80], FLOOR)
    single, several = [], []
    for shift in range(6):
        moved = np.roll(pixels, (shift, 2 * shift), (0, 1))
        row = max(network.detect(moved, 0.6), key=lambda row: row[2] * row[3])
        x, y, w, h = (float(v) for v in row[:4])
        face = Face(x, y, w, h, float(row[14]), row[4:14].reshape(5, 2))
        back = np.array([2 * shift, shift])
        single.append(face.landmarks - back)
        several.append(looks.refine(moved, face).landmarks - back)
    assert np.std(several, axis=0).mean() < np.std(single, axis=0).mean()
