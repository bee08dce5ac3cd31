"""The original's pair of models, made once."""

import hashlib

import pytest
from conftest import REPO
from facenet import MODEL, Facenet, random_weights
from visage.models.model import load_model
from visage.models.registry import load_registry


@pytest.fixture(scope="session")
def facenet(tmp_path_factory: pytest.TempPathFactory) -> Facenet:
    weights = tmp_path_factory.mktemp("facenet") / "weights"
    random_weights(weights)
    registry = load_registry(REPO / "config/models.yaml")
    files = dict(registry.files)
    for file in registry.model(MODEL).files:
        data = (weights / file).read_bytes()
        facts = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        files[file] = files[file].model_copy(update=facts)
    registry = registry.model_copy(update={"files": files})
    return Facenet(registry, weights, load_model(registry.model(MODEL), weights, 2))
