"""OpenVINO: ONNX graphs on the CPU, the quickest there."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visage.models.engines.engine import Engine

if TYPE_CHECKING:
    from visage.types import Floats

_PRECISIONS = {"float32": "f32", "bfloat16": "bf16"}  # OpenVINO's names

# The first calls into OpenVINO's bindings must not come from two threads at once: one initialises
# what is static there and waits for Python's lock, the other has that and waits for the first to be
# done, for ever. Nothing is initialised any more once a thread's first call has ended.
_FIRST_CALL = threading.Lock()


class OpenVino(Engine):
    """OpenVINO on the CPU."""

    name = "openvino"
    title = "OpenVINO"
    module = "openvino"
    install = "pip install openvino"
    packages = ("openvino",)
    precisions = tuple(_PRECISIONS)
    runs_graphs = True
    threads_of_its_own = False

    def open(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> "OpenVinoSession":
        """Load and compile an ONNX graph; bfloat16 is float32 where the processor has none."""
        return OpenVinoSession(graph, threads, precision, shape)


class OpenVinoSession:
    """A graph run by OpenVINO.

    One request a calling thread, and a stream of one thread for each: OpenVINO runs the requests of
    one stream one after another. OpenVINO would take bfloat16 by itself where the processor has it,
    which gives other embeddings (cosine 0.9996), so the precision is always said.
    """

    def __init__(
        self, graph: Path, threads: int, precision: str, shape: Sequence[int] | None
    ) -> None:
        """Load and compile `graph`; the arguments as in `Engine.open`."""
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

    def get_inputs(self) -> list["_Port"]:
        """Give the graph's inputs."""
        return [_Port.of(port) for port in self._compiled.inputs]

    def get_outputs(self) -> list["_Port"]:
        """Give the graph's outputs."""
        return [_Port.of(port) for port in self._compiled.outputs]

    def run(self, names: Sequence[str] | None, inputs: "dict[str, Floats]") -> "list[Floats]":
        """Run the graph for the calling thread, which waits; all outputs, or those of `names`."""
        if hasattr(self._requests, "own"):
            return self._infer(names, inputs)
        with _FIRST_CALL:
            self._requests.own = self._compiled.create_infer_request()
            return self._infer(names, inputs)

    def _infer(self, names: Sequence[str] | None, inputs: "dict[str, Floats]") -> "list[Floats]":
        results = self._requests.own.infer(inputs, share_inputs=True)
        return [results[key].copy() for key in names or range(len(self._compiled.outputs))]


@dataclass(frozen=True)
class _Port:
    name: str
    shape: list[int | None]

    @classmethod
    def of(cls, port: Any) -> "_Port":
        sizes = port.get_partial_shape()
        return cls(port.any_name, [s.get_length() if s.is_static else None for s in sizes])
