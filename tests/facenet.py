"""The original's pair, Facenet512 and RetinaFace, with random weights under the real names.

The real files cannot be had everywhere; their architecture with other numbers in it runs the same
code. RetinaFace's random weights get a bias that makes it find faces, if not those in the picture.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import REPO
from visage.images.decode import decode
from visage.models.detectors import load_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.types import Detector, Model, Pixels

MODEL = "facenet512-retinaface"


@dataclass(frozen=True)
class Facenet:
    """The pair with random weights: the files, a registry that vouches for them, and it loaded."""

    registry: Registry
    weights: Path
    model: Model

    @property
    def entry(self) -> ModelEntry:
        return self.registry.model(MODEL)

    def detector(self, size: int) -> Detector:
        entry = self.entry.model_copy(update={"detection_size": size})
        return load_detector(entry, self.weights, ENGINES[entry.engine], threads=2).make()


def random_weights(folder: Path) -> None:
    """Save both networks as their packages build them, without what would be downloaded."""
    os.environ |= {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "tensorflow"
    tf = pytest.importorskip("tensorflow")
    from deepface.models.facial_recognition.tf.Facenet import InceptionResNetV1
    from retinaface.model import retinaface_model

    tf.keras.utils.set_random_seed(1)
    InceptionResNetV1(dimension=512).save_weights(str(folder / "facenet512_weights.h5"))
    load = retinaface_model.load_weights
    try:
        retinaface_model.load_weights = lambda model: model
        network = retinaface_model.build_model()
    finally:
        retinaface_model.load_weights = load
    # Faces at the coarsest level only, with scores that differ, near their anchors.
    for stride, bias in ((32, 3.5), (16, -20.0), (8, -20.0)):
        scores = network.get_layer(f"face_rpn_cls_score_stride{stride}")
        kernel, _ = scores.get_weights()
        scores.set_weights([0.05 * kernel, np.array([0, 0, bias, -20], np.float32)])
        for part in ("bbox", "landmark"):
            layer = network.get_layer(f"face_rpn_{part}_pred_stride{stride}")
            kernel, zero = layer.get_weights()
            layer.set_weights([0.05 * kernel, zero])
    network.save_weights(str(folder / "retinaface.h5"))


def photograph(photographs: Path, name: str) -> Pixels:
    return decode((photographs / name).read_bytes()).pixels


def load(folder: Path) -> Facenet:
    """Load the files in `folder`."""
    registry = load_registry(REPO / "config/models.yaml")
    files = dict(registry.files)
    for file in registry.model(MODEL).files:
        data = (folder / file).read_bytes()
        facts = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        files[file] = files[file].model_copy(update=facts)
    registry = registry.model_copy(update={"files": files})
    return Facenet(registry, folder, load_model(registry.model(MODEL), folder, 2))
