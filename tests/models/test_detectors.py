"""Detectors against DeepFace's, and against each other."""

from pathlib import Path

import numpy as np
import pytest
from conftest import REPO
from facenet import Facenet, photograph
from numpy.typing import NDArray
from visage.models.model import load_model
from visage.models.registry import load_registry


def test_retinaface_finds_what_deepface_finds(facenet: Facenet, photographs: Path) -> None:
    from deepface.models.face_detection.RetinaFace import RetinaFaceClient

    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    found = facenet.model.detector().detect(pixels)
    theirs = RetinaFaceClient().detect_faces(pixels)  # its network is one for the whole process
    assert len(found) == len(theirs) > 5
    assert len({face.confidence for face in found}) > 5
    for ours, area in zip(found, theirs, strict=True):
        assert (ours.x, ours.y, ours.w, ours.h) == (area.x, area.y, area.w, area.h)
        assert ours.confidence == pytest.approx(area.confidence)
        points = [area.right_eye, area.left_eye, area.nose, area.mouth_right, area.mouth_left]
        np.testing.assert_array_equal(np.trunc(ours.landmarks), points)
    crop = facenet.model.crop(pixels, found[0])
    assert (crop.shape, crop.dtype) == ((160, 160, 3), np.uint8)


def test_detection_size_keeps_retinaface_from_enlarging(
    facenet: Facenet, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retinaface import RetinaFace

    shapes: list[tuple[int, ...]] = []
    predict = RetinaFace._predict

    def watched(model: object, tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        shapes.append(tensor.shape)
        return predict(model, tensor)

    monkeypatch.setattr(RetinaFace, "_predict", watched)
    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    faces = facenet.detector(256).detect(pixels)
    assert shapes == [(1, 256, 256, 3)]
    # In pixels of the photograph again.
    assert max(face.x + face.w for face in faces) > 300


def test_mtcnn_finds_the_face_that_yunet_finds(photographs: Path) -> None:
    """Another detector by an entry alone; the same person by either, with all five landmarks."""
    pytest.importorskip("mtcnn")
    entries = load_registry(REPO / "config/models.yaml").models
    pixels = photograph(photographs, "queries/known/portrait.jpg")
    found = []
    for name in ("sface-yunet-fast", "sface-mtcnn"):
        model = load_model(entries[name], REPO / "weights", 1)
        face = max(model.detector().detect(pixels), key=lambda face: face.w * face.h)
        (embedding,) = model.recogniser.embed([model.crop(pixels, face)])
        found.append((face.landmarks, face.w, embedding / np.linalg.norm(embedding)))
    (points, width, ours), (others, _, theirs) = found
    # Left and right would be a whole face apart if they were mixed up.
    assert np.linalg.norm(points - others, axis=1).max() < 0.15 * width
    assert ours @ theirs > 0.9
