"""Crops against DeepFace's own."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import REPO
from facenet import photograph
from PIL import Image
from visage.models.alignments.deepface import deepface_crop
from visage.models.alignments.original import original_crop
from visage.models.deepface import WeightsHome, use_engine
from visage.models.engines import ENGINES
from visage.models.registry import load_registry
from visage.types import Face


@pytest.mark.parametrize(
    "name",
    [
        "queries/known/portrait.jpg",
        "queries/hidden/cut-left.jpg",
        "queries/several/four-people.jpg",
    ],
)
def test_the_crop_is_deepfaces_own(photographs: Path, name: str) -> None:
    """Photographs with a plain face, with one cut off by the edge, and with several."""
    from deepface.modules import detection, preprocessing

    entry = load_registry(REPO / "config/models.yaml").model("sface-yunet-fast")
    use_engine(ENGINES[entry.engine])
    pixels = photograph(photographs, name)
    with WeightsHome(entry.weights, REPO / "weights"):
        found = detection.detect_faces("yunet", pixels, align=True)
    assert found
    for one in found:
        area = one.facial_area
        landmarks = np.full((5, 2), np.nan, np.float32)
        landmarks[:2] = area.right_eye, area.left_eye
        face = Face(area.x, area.y, area.w, area.h, area.confidence, landmarks)
        ours = deepface_crop(pixels, face, (160, 160))
        # As `extract_faces` and `represent` go on with it.
        theirs = preprocessing.resize_image(one.img / 255, (160, 160))[0] * 255
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=0.51)  # rounded to whole levels


def test_the_originals_crop_is_turned_within_its_box(photographs: Path) -> None:
    """Against DeepFace 0.0.103's crop: of an upright face the same, of a tilted one not."""
    face = Face(20.0, 10.0, 100.0, 120.0, 0.9, np.full((5, 2), np.nan, np.float32))
    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    face.landmarks[:2] = (50, 60), (90, 60)
    upright = original_crop(pixels, face, (160, 160))
    np.testing.assert_allclose(upright, deepface_crop(pixels, face, (160, 160)), rtol=0, atol=1)
    # The person's left eye is lower by 45 degrees: the box turns anticlockwise, its corners go.
    face.landmarks[:2] = (50, 60), (90, 100)
    tilted = original_crop(pixels, face, (160, 160))
    box = Image.fromarray(pixels[10:130, 20:120]).rotate(45)
    height, width = 160, int(100 * 160 / 120)
    expected = cv2.resize(np.asarray(box), (width, height))
    left = (160 - width) // 2
    np.testing.assert_array_equal(tilted[:, left : left + width], expected)
    assert not tilted[:, :left].any()
    assert not tilted[:5, left : left + 5].any()
