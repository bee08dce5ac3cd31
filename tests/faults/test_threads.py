"""Threads that would wait for each other for ever."""

import subprocess
import sys

import pytest
from conftest import REPO

TRIES, SECONDS = 3, 60

# Eight threads' first calls at the same moment, Python changing between them all the time.
FIRST_CALLS = """
import os, pathlib, sys, threading
import numpy as np
from visage.models.engines.openvino import OpenVino

sys.setswitchinterval(1e-6)
session = OpenVino().open(pathlib.Path(sys.argv[1]), 8)
(graph_input,) = session.get_inputs()
together = threading.Barrier(8)

def call():
    together.wait()
    session.run(None, {graph_input.name: np.zeros((1, 3, 112, 112), np.float32)})

threads = [threading.Thread(target=call) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_first_calls_at_the_same_moment_do_not_block_each_other() -> None:
    """Without the lock in `visage.models.engines.openvino` five of six processes hung."""
    graph = REPO / "weights/face_recognition_sface_2021dec_float32.onnx"
    if not graph.exists():
        pytest.skip("the weights are not here yet; the demo fetches them")
    for _ in range(TRIES):
        subprocess.run(
            [sys.executable, "-c", FIRST_CALLS, str(graph)],
            env={"PYTHONPATH": str(REPO / "scripts")},
            timeout=SECONDS,
            check=True,
        )
