"""A recogniser of DeepFace's registry."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from visage.models.deepface import WeightsHome, build_client, use_engine
from visage.models.engines import Engine
from visage.models.entries import ModelEntry
from visage.models.recognisers.recogniser import BATCH, Forward, in_batches
from visage.types import Embeddings, Floats, Pixels, Recogniser


def load(entry: ModelEntry, weights: Path, engine: Engine, threads: int) -> Recogniser:
    """Load it; as `visage.models.recognisers.load_recogniser`."""
    use_engine(engine)
    with WeightsHome(entry.weights, weights) as home:
        client = build_client("facial_recognition", entry.recognizer)
    if engine.runs_graphs and hasattr(client.model, "get_inputs"):
        # Nothing is gained from batches: it runs in its caller's thread.
        client.model = engine.open(home.found[-1], threads, entry.precision)
        return DeepFaceRecogniser(client, entry.normalization, client.forward, batch=1)
    forward = compiled(client.model) if _is_plain_keras(client) else client.forward
    return DeepFaceRecogniser(client, entry.normalization, forward, batch=BATCH)


def _is_plain_keras(client: Any) -> bool:
    """Tell whether a client does nothing but call its Keras model; VGG-Face does more."""
    from deepface.models.FacialRecognition import FacialRecognition

    overrides = type(client).forward is not FacialRecognition.forward
    return not overrides and hasattr(client.model, "predict_on_batch")


class DeepFaceRecogniser:
    """A recogniser of DeepFace's registry."""

    def __init__(self, client: Any, normalization: str, forward: Forward, batch: int) -> None:
        """Wrap `client`, a `deepface.models.FacialRecognition`, computed by `forward`."""
        self._forward = forward
        self._normalization = normalization
        self.size = (int(client.input_shape[0]), int(client.input_shape[1]))
        self.batch = batch

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR: (n, dimension) float32."""
        return in_batches(crops, self._embed)

    def _embed(self, crops: Sequence[Pixels]) -> Floats:
        from deepface.modules.preprocessing import normalize_input

        scaled = np.stack(crops).astype(np.float32) / 255
        # One by one: some normalisations take the mean of the array they are given.
        batch = np.stack([normalize_input(one, self._normalization) for one in scaled])
        return np.asarray(self._forward(batch), np.float32).reshape(len(batch), -1)


def compiled(model: Any) -> Forward:
    """Run a Keras model as a graph: eight times as fast as DeepFace's own eager call.

    Batches are filled up to `BATCH`, so that TensorFlow traces the graph once and an embedding
    does not depend on what else is in its batch.
    """
    import tensorflow as tf

    graph = tf.function(lambda batch: model(batch, training=False))

    def forward(batch: Floats) -> Floats:
        filler = np.zeros((BATCH - len(batch), *batch.shape[1:]), np.float32)
        return graph(tf.constant(np.concatenate([batch, filler]))).numpy()[: len(batch)]

    return forward
