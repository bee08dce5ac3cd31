"""Recognisers and detectors that are ONNX graphs, on small graphs of the same shape made here."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from visage.errors import VisageError
from visage.models.detectors.scrfd import STRIDES, Scrfd, letter_boxed
from visage.models.engines import ENGINES
from visage.models.entries import PixelInput
from visage.models.recognisers.onnx import OnnxRecogniser, check

SIZE = 64


def mean_graph(path: Path, batch: int | str, size: int = 32) -> Path:
    """Write a recogniser whose embedding is the mean of each channel of what it is given."""
    node = helper.make_node("ReduceMean", ["data"], ["out"], axes=[2, 3], keepdims=0)
    taken = helper.make_tensor_value_info("data", TensorProto.FLOAT, [batch, 3, size, size])
    given = helper.make_tensor_value_info("out", TensorProto.FLOAT, [batch, 3])
    return save(path, helper.make_graph([node], "mean", [taken], [given]))


def save(path: Path, graph: onnx.GraphProto) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("engine", ["openvino", "onnx"])
@pytest.mark.parametrize("batch", ["n", 1, 4])
@pytest.mark.parametrize("colour", ["rgb", "bgr"])
def test_pixels_reach_the_graph_as_the_entry_says(
    tmp_path: Path, engine: str, batch: int | str, colour: str
) -> None:
    session = ENGINES[engine].open(mean_graph(tmp_path / "mean.onnx", batch), 1)
    taken = PixelInput.model_validate({"size": 32, "colour": colour, "mean": 100.0, "std": 50.0})
    recogniser = OnnxRecogniser(session, taken)
    shades = [(10 * n, 100 + n, 250 - n) for n in range(9)]  # blue, green, red
    crops = [np.full((32, 32, 3), shade, np.uint8) for shade in shades]
    order = shades if colour == "bgr" else [shade[::-1] for shade in shades]
    expected = (np.array(order, np.float32) - 100) / 50
    np.testing.assert_allclose(recogniser.embed(crops), expected, atol=1e-4)


def test_a_graph_that_is_not_what_the_entry_says_is_refused(tmp_path: Path) -> None:
    session = ENGINES["onnx"].open(mean_graph(tmp_path / "mean.onnx", "n"), 1)
    check(session, 32, 3, "mean.onnx")
    with pytest.raises(VisageError, match=r"mean\.onnx takes data .*32, 32.*one input of 3 x 112"):
        check(session, 112, 3, "mean.onnx")
    with pytest.raises(VisageError, match=r"gives \[3\] numbers a face.* says 512"):
        check(session, 32, 512, "mean.onnx")
    with pytest.raises(VisageError, match="1 inputs and 1 outputs; the detector scrfd has 1 and 9"):
        Scrfd(session, 64, "mean.onnx")


def planted(path: Path, faces: list[tuple[int, int, int, float]], size: int = SIZE) -> Path:
    """Write a detector that finds given faces (stride, cell, anchor, score) whatever it sees.

    Each has its sides 1, 2, 3 and 4 strides from the anchor, its points at ±1 and 0 strides.
    """
    outputs, nodes, stored = [], [], []
    for width in (1, 4, 10):
        for stride in STRIDES:
            values = np.zeros(((size // stride) ** 2 * 2, width), np.float32)
            for place, cell, anchor, score in faces:
                if place == stride:
                    row = values[cell * 2 + anchor]
                    row[:] = {1: [score], 4: [1, 2, 3, 4]}.get(
                        width, [-1, -1, 1, -1, 0, 0, -1, 1, 1, 1]
                    )
            name = f"{width}_{stride}"
            stored.append(numpy_helper.from_array(values, f"{name}_values"))
            nodes.append(helper.make_node("Add", [f"{name}_values", "nought"], [name]))
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, values.shape))
    stored.append(numpy_helper.from_array(np.array(0, np.float32), "zero"))
    nodes[:0] = [
        helper.make_node("ReduceMax", ["image"], ["most"], keepdims=0),
        helper.make_node("Mul", ["most", "zero"], ["nought"]),
    ]
    taken = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, size, size])
    return save(path, helper.make_graph(nodes, "planted", [taken], outputs, stored))


@pytest.mark.parametrize("engine", ["openvino", "onnx"])
def test_scrfds_anchors_become_boxes_and_points_of_the_photograph(
    tmp_path: Path, engine: str
) -> None:
    # Row 3, column 5 of the grid of stride 8, twice (both anchors: one face), and one of stride 16.
    faces = [(8, 3 * 8 + 5, 0, 0.9), (8, 3 * 8 + 5, 1, 0.8), (16, 1 * 4 + 0, 1, 0.5)]
    graph = planted(tmp_path / "scrfd.onnx", [*faces, (32, 0, 0, 0.1)])
    scrfd = Scrfd(ENGINES[engine].open(graph, 1), SIZE, graph.name)
    first, second = scrfd.detect(np.zeros((64, 128, 3), np.uint8))  # half as large when boxed
    anchor = np.array([5 * 8, 3 * 8]) * 2
    assert (first.x, first.y) == pytest.approx(tuple(anchor - [16, 32]))
    assert (first.w, first.h) == pytest.approx((4 * 16, 6 * 16))
    points = anchor + 16 * np.array([[-1, -1], [1, -1], [0, 0], [-1, 1], [1, 1]])
    np.testing.assert_allclose(first.landmarks, points, atol=1e-4)
    assert first.confidence == pytest.approx(0.9)
    assert (second.x, second.y, second.w) == pytest.approx((0 - 32, 32 - 64, 128))


def test_a_photograph_is_letter_boxed_as_insightface_does() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (100, 200, 3), np.uint8)
    boxed, scale = letter_boxed(pixels, 64)
    assert scale == pytest.approx(0.32)
    np.testing.assert_array_equal(boxed[:32], cv2.resize(pixels, (64, 32)))
    assert not boxed[32:].any()
    tall, scale = letter_boxed(np.full((20, 10, 3), 255, np.uint8), 64)  # enlarged
    assert scale == pytest.approx(3.2)
    assert tall[:, :32].all()
    assert not tall[:, 32:].any()
