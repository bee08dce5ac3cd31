"""Any recogniser that is an ONNX graph: pixels in, an embedding out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from visage.errors import VisageError
from visage.models.engines import Engine, Session
from visage.models.entries import ModelEntry, PixelInput
from visage.models.recognisers.recogniser import in_batches
from visage.models.weights.files import file_of
from visage.types import Embeddings, Floats, Pixels, Recogniser


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Recogniser:
    """Load it; as `visage.models.recognisers.load_recogniser`.

    Raises:
        VisageError: The graph takes or gives something else than the entry says.
    """
    assert entry.input is not None  # the register sees to it
    graph = file_of(entry, weights, "recognizer")
    session = engine.open(graph, threads, entry.precision)
    check(session, entry.input.size, entry.dimension, graph.name)
    return OnnxRecogniser(session, entry.input)


def check(session: Session, size: int, dimension: int, name: str) -> None:
    """Check that a graph takes one (n, 3, size, size) and gives (n, dimension).

    Raises:
        VisageError: It does not; says what it takes or gives.
    """
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or not _fits(inputs[0].shape, (3, size, size)):
        taken = "; ".join(f"{item.name} {list(item.shape)}" for item in inputs)
        raise VisageError(
            f"config/models.yaml: {name} takes {taken}, and the entry says one input of 3 x {size} "
            f"x {size} (input.size)."
        )
    if not _fits(outputs[0].shape, (dimension,)):
        raise VisageError(
            f"config/models.yaml: {name} gives {list(outputs[0].shape)[1:]} numbers a face, and "
            f"the entry says {dimension} (dimension)."
        )


def _fits(shape: Sequence[object], expected: tuple[int, ...]) -> bool:
    """Compare a shape, without its batch, to what is expected; what is free fits anything."""
    sizes = list(shape)[1:]
    return len(sizes) == len(expected) and all(
        not isinstance(size, int) or size in (-1, 0, wanted)
        for size, wanted in zip(sizes, expected, strict=True)
    )


class OnnxRecogniser:
    """A graph that takes (n, 3, size, size), (pixel - mean) / std, in RGB or BGR."""

    batch = 1  # on a processor nothing is gained from more

    def __init__(self, session: Session, taken: PixelInput) -> None:
        """Wrap a loaded graph."""
        (port,) = session.get_inputs()
        self._session = session
        self._name = port.name
        self._taken = taken
        first = port.shape[0]
        # Some files fix how many faces go in at a time.
        self._fixed = first if isinstance(first, int) and first > 1 else None
        self.size = (taken.size, taken.size)

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR: (n, dimension) float32."""
        return in_batches(crops, self._embed)

    def _embed(self, crops: Sequence[Pixels]) -> Floats:
        blob = as_input(crops, self._taken)
        step = self._fixed or 1
        parts = [self._run(blob[start : start + step]) for start in range(0, len(blob), step)]
        return np.concatenate(parts)

    def _run(self, blob: Floats) -> Floats:
        number = len(blob)
        if self._fixed and number < self._fixed:
            filler = np.zeros((self._fixed - number, *blob.shape[1:]), np.float32)
            blob = np.concatenate([blob, filler])
        return self._session.run(None, {self._name: blob})[0][:number]


def as_input(crops: Sequence[Pixels], taken: PixelInput) -> Floats:
    """Give crops as a graph takes them: (n, 3, height, width) float32."""
    pixels = np.stack(crops)
    if taken.colour == "rgb":
        pixels = pixels[..., ::-1]
    scaled = (pixels.astype(np.float32) - np.float32(taken.mean)) / np.float32(taken.std)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
