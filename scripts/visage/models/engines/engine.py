"""What is known of a library that runs networks, and what is asked of it."""

import importlib.util
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from visage.errors import VisageError
from visage.notices import notify

if TYPE_CHECKING:
    from visage.types import Floats

log = logging.getLogger(__name__)


class Session(Protocol):
    """A loaded ONNX graph, behind the methods of ONNX Runtime's session that DeepFace calls too."""

    def get_inputs(self) -> Sequence[Any]:
        """Give the inputs, each with `name` and `shape` (numbers; anything else: free)."""
        ...

    def get_outputs(self) -> Sequence[Any]:
        """Give the outputs, in the same way."""
        ...

    def run(self, names: Sequence[str] | None, inputs: "dict[str, Floats]") -> "list[Floats]":
        """Run the graph in the calling thread; all outputs, or those of `names`."""
        ...


class Engine:
    """A library that runs networks. Those that run ONNX graphs override `open`."""

    name: ClassVar[str]  # as in config/models.yaml
    title: ClassVar[str]  # as its makers write it
    module: ClassVar[str]  # of Python: what must be there
    install: ClassVar[str]  # the command that brings it
    packages: ClassVar[tuple[str, ...]] = ()  # whose versions decide an embedding
    environment: ClassVar[str] = "embed"  # envs/<environment>.yaml, of a job that runs it
    deepface: ClassVar[str] = "onnx"  # what DeepFace calls it
    precisions: ClassVar[tuple[str, ...]] = ("float32",)
    runs_graphs: ClassVar[bool] = False  # ONNX files
    # Computes in its caller's thread: two jobs of one thread get more done than one of two.
    threads_of_its_own: ClassVar[bool] = True

    def require(self) -> None:
        """Check that the library is installed.

        Raises:
            VisageError: It is not; says how to install it.
        """
        if importlib.util.find_spec(self.module) is None:
            raise VisageError(
                f"This model runs on {self.module}, which is not installed. Install it with "
                f"'{self.install}', or choose another model in the config."
            )

    def uses_gpu(self) -> bool:
        """Tell whether the library, as it is installed, can compute on a GPU."""
        return False

    def prepare(self, threads: int) -> None:
        """Set up the library in this process for callers in `threads` threads."""

    def open(
        self,
        graph: Path,
        threads: int,
        precision: str = "float32",
        shape: Sequence[int] | None = None,
    ) -> Session:
        """Load an ONNX graph.

        Args:
            graph: The file.
            threads: How many threads will call `run` at once.
            precision: One of `precisions`.
            shape: Of its one input, in place of that in the file; -1 where any size may come.

        Raises:
            VisageError: This library runs no ONNX graphs.
        """
        del threads, precision, shape
        raise VisageError(f"{self.title} runs no ONNX graphs, as {graph.name} is one.")


def say_what_computes(library: str, on_gpu: bool) -> None:
    """Log whether a library uses the GPU; notify the user if it was given one in vain."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if on_gpu:
        log.info("%s computes on the GPU", library)
    elif given and not given.startswith("-"):
        notify(
            f"{library} does not use the GPU {given} and runs on the CPU, many times slower. "
            "Install its GPU version, or see docs/gpu.md."
        )
