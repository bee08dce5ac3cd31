"""ONNX graphs run by ONNX Runtime or OpenVINO, for callers that bring their own threads."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visage.models.engines.gpu import say_what_computes

_PRECISIONS = {"float32": "f32", "bfloat16": "bf16"}  # OpenVINO's names

# The first calls into OpenVINO's bindings must not come from two threads at once: one initialises
# what is static there and waits for Python's lock, the other has that and waits for the first to be
# done, for ever. Nothing is initialised any more once a thread's first call has ended.
_FIRST_CALL = threading.Lock()


class OnnxSession:
    """ONNX Runtime in the calling thread only."""

    def __init__(self, graph: Path) -> None:
        """Load `graph`."""
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
        available = ort.get_available_providers()
        if wanted[0] in available:
            ort.preload_dlls()  # CUDA's libraries may come from packages, where nobody looks
        self._session = ort.InferenceSession(
            graph, options, providers=[name for name in wanted if name in available]
        )
        say_what_computes("ONNX Runtime", wanted[0] in self._session.get_providers())

    def get_inputs(self) -> list[Any]:
        """Give the graph's inputs, as ONNX Runtime does."""
        return self._session.get_inputs()

    def run(self, names: None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Run the graph, as ONNX Runtime does."""
        return self._session.run(names, inputs)


class OpenVinoSession:
    """A graph run by OpenVINO behind the methods of ONNX Runtime that DeepFace calls.

    One request a calling thread, and a stream of one thread for each: OpenVINO runs the requests of
    one stream one after another. OpenVINO would take bfloat16 by itself where the processor has it,
    which gives other embeddings (cosine 0.9996), so the precision is always said.
    """

    def __init__(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> None:
        """Load and compile `graph` for `threads` callers on the CPU.

        Args:
            graph: An ONNX file.
            threads: How many threads will call `run` at once.
            precision: float32, or bfloat16: computed in float32 where the processor has none.
            shape: Of its one input, in place of that in the file; -1 where any size may come.
        """
        import openvino as ov

        core = ov.Core()
        model = core.read_model(graph)
        if shape is not None:
            model.reshape(list(shape))
        self._compiled = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": threads,
                "INFERENCE_PRECISION_HINT": _PRECISIONS[precision],
                # Each job would pin its threads to the first cores, and all jobs to the same.
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._requests = threading.local()

    def get_inputs(self) -> list[Any]:
        """Give the graph's inputs, each with its `name`."""
        return [_Named(port.any_name) for port in self._compiled.inputs]

    def run(
        self, names: Sequence[str] | None, inputs: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph for the calling thread, which waits; all outputs, or those of `names`."""
        if hasattr(self._requests, "own"):
            return self._infer(names, inputs)
        with _FIRST_CALL:
            self._requests.own = self._compiled.create_infer_request()
            return self._infer(names, inputs)

    def _infer(
        self, names: Sequence[str] | None, inputs: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        results = self._requests.own.infer(inputs, share_inputs=True)
        return [np.array(results[key]) for key in names or range(len(self._compiled.outputs))]


@dataclass(frozen=True)
class _Named:
    name: str
