"""Recognisers: crops in, embeddings out, whatever engine computes them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visage.models.engines.deepface import WeightsHome, build_client
from visage.models.engines.sessions import OnnxSession, OpenVinoSession
from visage.types import Embeddings, Pixels, Recogniser

# TensorFlow is at its best with eight crops at a time.
BATCH = 8

Forward = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def load_recogniser(entry: dict, home: WeightsHome, threads: int) -> Recogniser:
    """Load the recogniser of an entry of config/models.yaml, inside its `home`."""
    client = build_client("facial_recognition", entry["recognizer"])
    if entry["engine"] in ("onnx", "openvino") and hasattr(client.model, "get_inputs"):
        graph = home.found[-1]
        client.model = (
            OpenVinoSession(graph, threads, entry["precision"])
            if entry["engine"] == "openvino"
            else OnnxSession(graph)
        )
        return DeepFaceRecogniser(client, entry, client.forward, batch=1)
    forward = compiled(client.model) if _is_plain_keras(client) else client.forward
    return DeepFaceRecogniser(client, entry, forward, batch=BATCH)


def _is_plain_keras(client: Any) -> bool:
    """Tell whether a client does nothing but call its Keras model; VGG-Face does more."""
    from deepface.models.FacialRecognition import FacialRecognition

    overrides = type(client).forward is not FacialRecognition.forward
    return not overrides and hasattr(client.model, "predict_on_batch")


class DeepFaceRecogniser:
    """A recogniser of DeepFace's registry."""

    def __init__(self, client: Any, entry: dict, forward: Forward, batch: int) -> None:
        """Wrap `client`, a `deepface.models.FacialRecognition`, computed by `forward`."""
        self._forward = forward
        self._normalization = entry["normalization"]
        self._mirror = entry["mirror"]
        self.size = (int(client.input_shape[0]), int(client.input_shape[1]))
        self.batch = batch

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR: (n, dimension) float32.

        With `mirror`, a face's embedding is the mean of its own and its mirror image's, which
        takes twice the time.
        """
        if not crops:
            return np.empty((0, 0), np.float32)
        upright = self._embed(np.stack(crops))
        if not self._mirror:
            return upright
        mirrored = self._embed(np.stack([crop[:, ::-1] for crop in crops]))
        return (upright + mirrored) / np.float32(2)

    def _embed(self, crops: Pixels) -> Embeddings:
        from deepface.modules.preprocessing import normalize_input

        parts = []
        for start in range(0, len(crops), BATCH):
            # A photograph of a crowd gives any number of crops: memory is bounded here.
            scaled = crops[start : start + BATCH].astype(np.float32) / 255
            # One by one: some normalisations take the mean of the array they are given.
            batch = np.stack([normalize_input(one, self._normalization) for one in scaled])
            embeddings = np.asarray(self._forward(batch), dtype=np.float32)
            parts.append(embeddings.reshape(len(batch), -1))
        return np.concatenate(parts)


def compiled(model: Any) -> Forward:
    """Run a Keras model as a graph: eight times as fast as DeepFace's own eager call.

    Batches are filled up to `BATCH`, so that TensorFlow traces the graph once and an embedding
    does not depend on what else is in its batch.
    """
    import tensorflow as tf

    graph = tf.function(lambda batch: model(batch, training=False))

    def forward(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        filler = np.zeros((BATCH - len(batch), *batch.shape[1:]), np.float32)
        return graph(tf.constant(np.concatenate([batch, filler]))).numpy()[: len(batch)]

    return forward
