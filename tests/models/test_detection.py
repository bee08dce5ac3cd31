"""Faces found in real photographs: by YuNet in either engine, at full size and reduced."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import REPO
from visage.config import Faces
from visage.embed.extractor import Extractor
from visage.embed.selection import Choice, prominence
from visage.images.decode import decode
from visage.models.detectors.yunet import OpenCvYuNet, OpenVinoYuNet, PreparedYuNet
from visage.models.model import load_model
from visage.models.registry import load_registry

YUNET = REPO / "weights/face_detection_yunet_2023mar_float32.onnx"
LOADS = 12
EVERY = Choice(Faces(min_size=0))  # face that is sure enough


@pytest.fixture(scope="module")
def bytes_of(photographs: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(photographs.rglob("*.jpg"))]


def test_bfloat16_says_the_same_of_people(bytes_of: list[bytes]) -> None:
    models = load_registry(REPO / "config/models.yaml").models
    exact, quick = (
        load_model(models[name], REPO / "weights", 1)
        for name in ("sface-yunet-fast", "sface-yunet-bfloat16")
    )
    crops = []
    for data in bytes_of:
        crops += Extractor(exact).look(data, EVERY).crops
    assert crops
    both = [model.recogniser.embed(crops) for model in (exact, quick)]
    units = [item / np.linalg.norm(item, axis=1, keepdims=True) for item in both]
    assert (units[0] * units[1]).sum(axis=1).min() > 0.998


def test_openvino_finds_what_opencv_finds_whenever_it_is_loaded(bytes_of: list[bytes]) -> None:
    """From the quantised file OpenVINO makes a network that finds nothing, one load in six."""
    opencv = OpenCvYuNet(YUNET)
    # Odd sizes too: the network wants multiples of 32.
    pixels = [decode(data).pixels[:-7, :-13] for data in bytes_of]
    expected = [opencv.detect(item, 0.3) for item in pixels]
    assert sum(len(rows) for rows in expected) > len(pixels) / 2
    for _ in range(LOADS):
        openvino = OpenVinoYuNet(YUNET, 1)
        for item, rows in zip(pixels, expected, strict=True):
            np.testing.assert_allclose(openvino.detect(item, 0.3), rows, atol=1e-3, rtol=0)


def test_a_network_for_one_size_finds_what_the_one_for_all_sizes_finds(
    bytes_of: list[bytes],
) -> None:
    size = (64, 192)
    prepared, network = PreparedYuNet(YUNET, 1, [size]), OpenVinoYuNet(YUNET, 1)
    found = 0
    for data in bytes_of:
        for height, width in (size, (96, 128)):
            pixels = cv2.resize(decode(data).pixels, (width, height))
            rows = network.detect(pixels, 0.3)
            np.testing.assert_allclose(prepared.detect(pixels, 0.3), rows, atol=1e-3, rtol=0)
            found += len(rows)
    assert found > len(bytes_of) / 2


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_jobs_side_by_side_do_not_share_one_core() -> None:
    """OpenVINO pins its threads to the first cores by itself, in every process to the same."""
    network = OpenVinoYuNet(YUNET, 1)
    pixels = np.zeros((640, 640, 3), np.uint8)
    with ThreadPoolExecutor(1) as pool:
        runs = [pool.submit(network.detect, pixels, 0.3) for _ in range(20)]
        while not runs[-1].done():  # they are pinned only while they compute
            for task in Path("/proc/self/task").iterdir():
                with suppress(ProcessLookupError):
                    assert os.sched_getaffinity(int(task.name)) == os.sched_getaffinity(0)


def test_a_reduced_photograph_gives_the_same_faces_and_embeddings(bytes_of: list[bytes]) -> None:
    entry = load_registry(REPO / "config/models.yaml").model("sface-yunet-fast")
    model = load_model(entry, REPO / "weights", 1)
    detector, extractor = model.detector(), Extractor(model)
    reduced = 0
    for data in bytes_of:
        whole = decode(data)
        sight = extractor.look(data, EVERY)
        reduced += sight.pixels.shape != whole.pixels.shape
        ours = [sight.analysis.faces[index].face for index in sight.wanted]
        theirs = [face for face in detector.detect(whole.pixels) if face.confidence > 0.6]
        assert len(ours) == len(theirs)
        size = (whole.pixels.shape[1], whole.pixels.shape[0])
        theirs.sort(key=lambda face: -prominence(face, size))
        for mine, other, crop in zip(ours, theirs, sight.crops, strict=True):
            assert np.abs(mine.landmarks - other.landmarks).max() < 0.05 * other.w
            both = model.recogniser.embed([crop, model.crop(whole.pixels, other)])
            a, b = both / np.linalg.norm(both, axis=1, keepdims=True)
            assert a @ b > 0.97
    assert reduced
