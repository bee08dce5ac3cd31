"""OpenCV's own engine, which comes with it: slower, but nothing more has to be installed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.engines.engine import Engine

if TYPE_CHECKING:
    from visage.types import Floats


class OpenCv(Engine):
    """`cv2.dnn`, in one thread at a time."""

    name = "opencv"
    title = "OpenCV"
    module = "cv2"
    install = "pip install opencv-contrib-python-headless"
    runs_graphs = True
    threads_of_its_own = False

    def open(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> "OpenCvSession":
        """Load an ONNX graph."""
        del threads, precision, shape
        return OpenCvSession(graph)


class OpenCvSession:
    """A graph run by `cv2.dnn`. A net serves one thread, so each thread loads its own."""

    def __init__(self, graph: Path) -> None:
        """Read what goes in and out of `graph`."""
        import onnx

        described = onnx.load(graph, load_external_data=False).graph
        stored = {item.name for item in described.initializer}
        self._graph = graph
        self._inputs = [_Port.of(item) for item in described.input if item.name not in stored]
        self._outputs = [_Port.of(item) for item in described.output]
        self._nets = threading.local()

    def get_inputs(self) -> list["_Port"]:
        """Give the graph's inputs."""
        return self._inputs

    def get_outputs(self) -> list["_Port"]:
        """Give the graph's outputs."""
        return self._outputs

    def run(self, names: Sequence[str] | None, inputs: "dict[str, Floats]") -> "list[Floats]":
        """Run the graph in the calling thread; all outputs, or those of `names`."""
        import cv2

        if not hasattr(self._nets, "own"):
            self._nets.own = cv2.dnn.readNetFromONNX(str(self._graph))
        net: cv2.dnn.Net = self._nets.own
        for name, value in inputs.items():
            net.setInput(value, name)
        wanted = list(names or [port.name for port in self._outputs])
        return [value.copy() for value in net.forward(wanted)]  # the net keeps its own


@dataclass(frozen=True)
class _Port:
    name: str
    shape: list[int | str]

    @classmethod
    def of(cls, item: "object") -> "_Port":
        sizes = item.type.tensor_type.shape.dim  # type: ignore[attr-defined] # onnx.ValueInfoProto
        shape = [size.dim_value or size.dim_param for size in sizes]
        return cls(item.name, shape)  # type: ignore[attr-defined]
