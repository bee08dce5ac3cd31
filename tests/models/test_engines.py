"""Libraries that run networks: one more is a class and a line; importing them changes nothing."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import REPO
from visage.errors import VisageError
from visage.models.engines import ENGINES, Engine
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.types import Floats
from visage.workflow import plan

SFACE = REPO / "weights/face_recognition_sface_2021dec_float32.onnx"
YUNET = REPO / "weights/face_detection_yunet_2023mar_float32.onnx"


class Reference(Engine):
    """The engine that the package onnx brings to define what its operators mean."""

    name = "reference"
    title = "ONNX's reference"
    module = "onnx"
    install = "pip install onnx"
    packages = ("onnx",)
    environment = "weights"
    runs_graphs = True

    def open(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> "ReferenceSession":
        del threads, precision, shape
        return ReferenceSession(graph)


class ReferenceSession:
    def __init__(self, graph: Path) -> None:
        from onnx.reference import ReferenceEvaluator

        self._evaluator = ReferenceEvaluator(str(graph))

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name=name, shape=[]) for name in self._evaluator.input_names]

    def get_outputs(self) -> list[Any]:
        return [SimpleNamespace(name=name, shape=[]) for name in self._evaluator.output_names]

    def run(self, names: Sequence[str] | None, inputs: dict[str, Floats]) -> list[Floats]:
        return self._evaluator.run(names, inputs)


def test_an_engine_is_a_class_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry takes it, the fingerprint and the plan know it, and it embeds."""
    if not SFACE.exists():
        pytest.skip("the weights are not here yet; the demo fetches them")
    monkeypatch.setitem(ENGINES, "reference", Reference())
    text = (REPO / "config/models.yaml").read_text()
    before, name, after = text.partition("  sface-yunet-fast:")
    after = after.replace("engine: openvino", "engine: reference", 1)
    (tmp_path / "models.yaml").write_text(before + name + after)
    for centre in (REPO / "config").glob("*.centre.json"):
        (tmp_path / centre.name).write_text(centre.read_text())
    registry = load_registry(tmp_path / "models.yaml")
    entry = registry.model("sface-yunet-fast")
    assert plan._embed_environment(entry, gpus=0) == "../envs/weights.yaml"
    crop = np.random.default_rng(1).integers(0, 256, (112, 112, 3), np.uint8)
    found = load_model(entry, REPO / "weights", 1).recogniser.embed([crop])
    usual = load_registry(REPO / "config/models.yaml").model("sface-yunet-fast")
    expected = load_model(usual, REPO / "weights", 1).recogniser.embed([crop])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", ["openvino", "onnx", "opencv"])
def test_every_engine_of_graphs_computes_the_same(name: str) -> None:
    if not SFACE.exists():
        pytest.skip("the weights are not here yet; the demo fetches them")
    session = ENGINES[name].open(SFACE, 1)
    assert [port.name for port in session.get_inputs()] == ["data"]
    assert [*session.get_inputs()[0].shape[1:]] == [3, 112, 112]
    assert [*session.get_outputs()[0].shape[1:]] == [128]
    blob = np.random.default_rng(2).integers(0, 256, (1, 3, 112, 112)).astype(np.float32)
    first = session.run(None, {"data": blob})[0].copy()
    reference = ReferenceSession(SFACE).run(None, {"data": blob})[0]
    np.testing.assert_allclose(first, reference, rtol=0, atol=1e-3)
    session.run(None, {"data": np.zeros_like(blob)})
    np.testing.assert_array_equal(session.run(None, {"data": blob})[0], first)


def test_an_engine_without_graphs_says_so() -> None:
    with pytest.raises(VisageError, match=r"PyTorch runs no ONNX graphs, as .*float32"):
        ENGINES["pytorch"].open(SFACE, 1)


# Whatever a program that only imports the package could notice, before and after.
SEEN = """
import os, sys, cv2, PIL.Image
def state():
    return dict(os.environ), cv2.getNumThreads(), PIL.Image.MAX_IMAGE_PIXELS, {
        name for name, module in sys.modules.items() if module is None}
before = state()
import importlib, pathlib, visage
root = pathlib.Path(visage.__path__[0])
for path in sorted(root.rglob("*.py")):
    parts = path.relative_to(root.parent).with_suffix("").parts
    if parts[1] not in ("app", "cli", "__main__"):  # programs of their own
        importlib.import_module(".".join(parts).removesuffix(".__init__"))
assert state() == before, [b for a, b in zip(before, state()) if a != b]
"""


def test_importing_the_package_changes_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEEN],
        env={"PYTHONPATH": str(REPO / "scripts"), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr
