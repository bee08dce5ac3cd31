"""A face where a person says that there is one."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image
from visage.config import Faces
from visage.embed.extractor import Extractor
from visage.embed.region import BY_BOX, FOUND, face_in_region
from visage.embed.selection import Choice
from visage.types import Box, Detector, Embeddings, Face, Model, Pixels

BOX = Box(150, 90, 20, 24)  # white in the picture


class Bright(Detector):
    """Finds what is white, if it has enough pixels."""

    def __init__(self, least: int) -> None:
        self.least = least

    def detect(self, pixels: Pixels) -> list[Face]:
        rows, columns = np.nonzero(pixels[..., 0] > 128)
        if len(rows) < self.least:
            return []
        x, y = float(columns.min()), float(rows.min())
        w, h = float(columns.max()) + 1 - x, float(rows.max()) + 1 - y
        return [Face(x, y, w, h, 0.9, np.full((5, 2), [x, y], np.float32))]


class Mean:
    size = (8, 8)
    batch = 1

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        return np.array([[crop.mean(), 1.0] for crop in crops], np.float32)


def crop(pixels: Pixels, face: Face) -> Pixels:
    x, y = int(face.x), int(face.y)
    return pixels[y : y + int(face.h), x : x + int(face.w)]


@pytest.fixture
def data() -> bytes:
    image = Image.new("RGB", (400, 300))
    image.paste((255, 255, 255), (150, 90, 170, 114))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_face_too_small_for_the_picture_is_found_in_its_surroundings(data: bytes) -> None:
    detector = Bright(least=2000)  # more pixels than it has in the picture
    made = face_in_region(
        Model(lambda: detector, Mean(), crop), detector, data, Box(145, 85, 30, 34)
    )
    assert made.reason == FOUND
    assert (made.face.x, made.face.y, made.face.w, made.face.h) == pytest.approx(BOX, abs=1)
    assert made.embedding[0] > 240
    assert made.face.landmarks[0] == pytest.approx((150, 90), abs=1)


@pytest.mark.parametrize("box", [BOX, Box(0, 0, 30, 30), Box(390, 290, 30, 30)])
def test_where_nothing_is_found_the_box_is_embedded(data: bytes, box: Box) -> None:
    detector = Bright(least=10**9)
    made = face_in_region(Model(lambda: detector, Mean(), crop), detector, data, box)
    assert made.reason == BY_BOX
    assert (made.face.x, made.face.y, made.face.w, made.face.h) == box
    assert np.isnan(made.face.landmarks).all()


def test_another_face_nearby_is_not_taken(data: bytes) -> None:
    detector = Bright(least=1)
    made = face_in_region(
        Model(lambda: detector, Mean(), crop), detector, data, Box(172, 90, 20, 24)
    )
    assert made.reason == BY_BOX


def test_it_has_a_quality_as_found_faces_have(data: bytes) -> None:
    detector = Bright(least=1)
    model = Model(lambda: detector, Mean(), crop, usual_length=510.0)
    marked = face_in_region(model, detector, data, BOX)
    assert marked.quality == pytest.approx(0.5, abs=1e-3)  # all white: its length is 255
    (found,) = Extractor(model).extract(data, Choice(Faces(min_size=0))).faces
    assert found.quality == marked.quality


def test_its_embedding_is_centred_as_those_of_found_faces_are(data: bytes) -> None:
    detector = Bright(least=10**9)
    centre = np.array([0.5, 0.0], np.float32)
    model = Model(lambda: detector, Mean(), crop, centre=centre)
    made = face_in_region(model, detector, data, BOX)
    plain = face_in_region(Model(lambda: detector, Mean(), crop), detector, data, BOX).embedding
    away = plain / np.linalg.norm(plain) - centre
    np.testing.assert_allclose(made.embedding, away / np.linalg.norm(away), atol=1e-6)


class Upright(Bright):
    """Finds what is white where it is higher than wide, as heads are; elsewhere something poor."""

    def detect(self, pixels: Pixels) -> list[Face]:
        return [face for face in super().detect(pixels) if face.h > face.w]


@pytest.mark.parametrize("turn", [90, 270])
def test_in_a_picture_that_lies_it_is_found_as_it_would_be_upright(data: bytes, turn: int) -> None:
    model = Model(lambda: Upright(1), Mean(), crop, usual_length=255.0)
    with Image.open(io.BytesIO(data)) as image:
        lies = image.rotate(turn, expand=True)  # against the clock
    file = io.BytesIO()
    lies.save(file, "PNG")
    box = Box(90, 230, 24, 20) if turn == 90 else Box(186, 150, 24, 20)
    upright = face_in_region(model, Upright(1), data, BOX)
    made = face_in_region(model, Upright(1), file.getvalue(), box)
    assert made.reason == FOUND
    assert (made.face.x, made.face.y, made.face.w, made.face.h) == pytest.approx(box, abs=1)
    np.testing.assert_allclose(made.embedding, upright.embedding, rtol=1e-3)


def test_the_way_up_that_shows_the_clearest_face_counts(data: bytes) -> None:
    class Grows(Mean):
        """Each look is clearer than the one before, none is clear."""

        looks = 0

        def embed(self, crops: Sequence[Pixels]) -> Embeddings:
            self.looks += len(crops)
            return np.array([[3.0, self.looks] for _ in crops], np.float32)

    made = face_in_region(
        Model(lambda: Bright(1), Grows(), crop, usual_length=50.0), Bright(1), data, BOX
    )
    assert made.embedding[1] == 4
    assert (made.face.x, made.face.y, made.face.w, made.face.h) == pytest.approx(BOX, abs=1)
