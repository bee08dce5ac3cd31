"""Turned, blurred and small faces, on the demo's photographs and the default model."""

import io
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import REPO
from PIL import Image
from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.embed.extractor import CLEAR, Extractor
from visage.embed.finding import look
from visage.embed.selection import AUTO_QUALITY, Choice
from visage.embed.view import File, View
from visage.images.turns import turned, turned_back
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.types import Face, Model, Pixels

CHOICE = Choice(Faces())


@pytest.fixture(scope="module")
def model() -> Model:
    registry = load_registry(REPO / "config/models.yaml")
    return Installed(registry, "sface-yunet", REPO / "weights").load(1)


@pytest.fixture(scope="module")
def extractor(model: Model) -> Extractor:
    return Extractor(model)


@pytest.fixture(scope="module")
def portrait(photographs: Path) -> Pixels:
    (path,) = photographs.glob("gallery/grace-hopper/*")
    pixels = np.asarray(Image.open(path).convert("RGB"))[:, :, ::-1]
    return np.ascontiguousarray(pixels)


def png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def jpeg(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def clearest(analysis: Analysis) -> int:
    return int(np.argmax([item.quality or 0 for item in analysis.faces]))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_photograph_gives_its_upright_face_where_it_lies(
    extractor: Extractor, portrait: Pixels, turn: int
) -> None:
    upright = extractor.extract(png(portrait), CHOICE)
    assert upright.turn == 0
    other = extractor.extract(png(turned(portrait, turn)), CHOICE)
    assert other.turn == 360 - turn
    height, width = portrait.shape[:2]
    assert {other.width, other.height} == {width, height}
    one, two = upright.faces[clearest(upright)], other.faces[clearest(other)]
    back = turned_back(two.face, turn, width, height)
    assert abs(back.x - one.face.x) < 3
    assert abs(back.y - one.face.y) < 3
    assert np.abs(back.landmarks - one.face.landmarks).max() < 3
    assert one.embedding is not None
    assert two.embedding is not None
    cosine = one.embedding @ two.embedding
    assert cosine / np.linalg.norm(one.embedding) / np.linalg.norm(two.embedding) > 0.95


def test_a_region_of_a_turned_photograph_has_its_face(
    extractor: Extractor, photographs: Path
) -> None:
    """As it lies, a face is seen in it elsewhere; that must not decide which way is up."""
    with Image.open(photographs / "queries/several/four-people.jpg") as upright:
        buffer = io.BytesIO()
        upright.rotate(90, expand=True).save(buffer, "JPEG", quality=95)
    lies = buffer.getvalue()
    whole = extractor.extract(lies, CHOICE)
    assert whole.turn == 90
    for item in whole.faces:
        face = item.face
        region = (face.x - 20, face.y - 20, face.w + 40, face.h + 40)
        found = extractor.extract(lies, Choice(Faces(), [region]))
        (own,) = [one for one in found.faces if one.embedding is not None]
        assert (found.turn, own.face.x, own.face.y) == (90, face.x, face.y)


def test_a_face_that_is_blurred_beyond_telling_is_poor(
    extractor: Extractor, portrait: Pixels
) -> None:
    analysis = extractor.extract(png(portrait), CHOICE)
    face = analysis.faces[clearest(analysis)]
    assert face.quality is not None
    assert face.quality > AUTO_QUALITY
    blurred = cv2.GaussianBlur(portrait, (0, 0), 0.1 * face.face.w)
    found = extractor.extract(png(blurred), CHOICE)
    assert all(item.quality is None or item.quality < AUTO_QUALITY for item in found.faces)


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_head_held_askew_that_fills_the_picture_is_clear(
    extractor: Extractor, portrait: Pixels, degrees: int
) -> None:
    upright = extractor.extract(png(portrait), CHOICE)
    one = upright.faces[clearest(upright)]
    box = one.face
    turn = cv2.getRotationMatrix2D((box.x + box.w / 2, box.y + box.h / 2), degrees, 1.0)
    leaning = cv2.warpAffine(portrait, turn, portrait.shape[1::-1])
    left, top = int(box.x), int(box.y)
    cut_off = leaning[top : top + int(box.h), left : left + int(box.w)]
    analysis = extractor.extract(png(cut_off), CHOICE)
    other = analysis.faces[clearest(analysis)]
    assert other.quality is not None
    assert other.quality > CLEAR
    assert one.embedding is not None
    assert other.embedding is not None
    assert one.embedding @ other.embedding > 0.75


@pytest.mark.parametrize(("width", "height"), [(6000, 4000), (8000, 600)])
def test_small_faces_in_large_and_long_pictures_are_found(
    extractor: Extractor, portrait: Pixels, width: int, height: int
) -> None:
    scale = 30 / max(item.face.w for item in extractor.extract(png(portrait), CHOICE).faces)
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((height, width, 3), 128, np.uint8)
    places = [(200 + width // 4 * n, 100 + (height - 400) // 4 * n) for n in range(4)]
    for x, y in places:
        picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    found = extractor.extract(jpeg(picture), CHOICE)
    counting = [item.face for item in found.faces if item.embedding is not None]
    for x, y in places:
        assert any(
            x <= face.x < x + small.shape[1] and y <= face.y < y + small.shape[0]
            for face in counting
        )
    assert len(counting) == 4


def test_small_faces_in_a_large_picture_full_from_edge_to_edge_are_found(
    model: Model, extractor: Extractor, portrait: Pixels, photographs: Path
) -> None:
    """At one look they are too small, and nothing is empty that could be left out."""
    (path,) = photographs.glob("queries/nobody/*")
    picture = cv2.resize(np.asarray(Image.open(path).convert("RGB"))[:, :, ::-1], (6000, 4000))
    scale = 80 / max(item.face.w for item in extractor.extract(png(portrait), CHOICE).faces)
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    places = [(300 + 700 * n, 200 + 3000 * (n % 2)) for n in range(8)]
    for x, y in places:
        picture[y : y + height, x : x + width] = small
    data = jpeg(picture)

    def of(faces: Iterable[Face]) -> list[bool]:
        sure = [face for face in faces if face.confidence >= CHOICE.settings.min_confidence]
        return [
            any(x <= face.x < x + width and y <= face.y < y + height for face in sure)
            for x, y in places
        ]

    found = [item.face for item in extractor.extract(data, CHOICE).faces]
    assert sum(of(found)) >= 7
    assert len(found) <= 8
    assert sum(of(look(View(File(data), model), model.detector()))) < 4


@pytest.mark.parametrize("side", [200, 1200])
def test_the_glimpse_shows_which_way_is_up_of_small_and_large_photographs(
    extractor: Extractor, portrait: Pixels, side: int
) -> None:
    scale = side / max(portrait.shape[:2])
    pixels = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for turn in (90, 180, 270):
        found = extractor.extract(png(turned(pixels, turn)), CHOICE)
        assert found.turn == 360 - turn
        assert len(found.faces) == 1


@pytest.mark.parametrize("shape", [(1, 3000), (3000, 1), (900, 9000), (481, 481), (8, 8)])
def test_a_photograph_of_any_shape_has_no_face_either_way_up(
    extractor: Extractor, shape: tuple[int, int]
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    found = extractor.extract(png(noise), CHOICE)
    assert (found.turn, found.faces) == (0, [])
