"""ONNX Runtime: ONNX graphs, on NVIDIA's GPUs too."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visage.models.engines.engine import Engine, say_what_computes

if TYPE_CHECKING:
    from visage.types import Floats


class OnnxRuntime(Engine):
    """ONNX Runtime, for callers that bring their own threads."""

    name = "onnx"
    title = "ONNX Runtime"
    module = "onnxruntime"
    install = "pip install onnxruntime"
    packages = ("onnxruntime",)
    runs_graphs = True
    threads_of_its_own = False

    def uses_gpu(self) -> bool:
        """Tell which of the two packages of this module is there: one has no use for a GPU."""
        return any(True for _ in metadata.distributions(name="onnxruntime-gpu"))

    def open(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> "OnnxSession":
        """Load an ONNX graph; the sizes of its inputs are those in the file."""
        del threads, precision, shape
        return OnnxSession(graph)


class OnnxSession:
    """A graph run by ONNX Runtime in the calling thread only."""

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
        """Give the graph's inputs."""
        return self._session.get_inputs()

    def get_outputs(self) -> list[Any]:
        """Give the graph's outputs."""
        return self._session.get_outputs()

    def run(self, names: Sequence[str] | None, inputs: "dict[str, Floats]") -> "list[Floats]":
        """Run the graph; all outputs, or those of `names`."""
        return self._session.run(names, inputs)
