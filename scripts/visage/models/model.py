"""A model of config/models.yaml, loaded: DeepFace's detectors and recognisers, batched.

The parts stand in `interfaces`, `detectors`, `recognisers`, `deepface_client` and `align`.
"""

import importlib.util
import os
from pathlib import Path

import cv2
import numpy as np

from visage import telemetry
from visage.errors import VisageError
from visage.images.align import deepface_crop, five_point_crop, original_crop
from visage.models.detectors.networks import detector_factory
from visage.models.engines.deepface import WeightsHome, use_engine
from visage.models.engines.gpu import say_what_computes
from visage.models.recognisers.networks import load_recogniser
from visage.types import Detector, Embeddings, Face, Model, Pixels, Recogniser

__all__ = ["Detector", "Embeddings", "Face", "Model", "Recogniser", "load_model"]

# engine → the module that must be there, and what installs it.
_ENGINES = {
    "onnx": ("onnxruntime", "pip install onnxruntime"),
    "openvino": ("openvino", "pip install openvino"),
    "pytorch": ("torch", "pip install torch torchvision"),
    "tensorflow": ("tensorflow", "pip install tensorflow tf-keras"),
}


def load_model(entry: dict, weights: Path, threads: int) -> Model:
    """Load a model.

    Args:
        entry: Its entry of config/models.yaml.
        weights: The folder that holds the entry's files, checked already.
        threads: How many threads the caller will run detection and recognition in; the libraries
            use one thread each then, or (TensorFlow, PyTorch) this many in one call.

    Raises:
        VisageError: A package or a file the model needs is missing.
    """
    telemetry.refuse()
    cv2.setNumThreads(1)
    _require(entry["engine"])
    if entry["detector"] == "mtcnn":
        _require("tensorflow")
    use_engine(entry["engine"])
    if entry["engine"] == "tensorflow" or entry["detector"] == "mtcnn":
        limit_tensorflow(threads)
    if entry["engine"] == "pytorch":
        _limit_pytorch(threads)
    with WeightsHome(entry["weights"], weights) as home:
        recogniser = load_recogniser(entry, home, threads)
        factory = detector_factory(entry, home, threads)
    crop = _CROPS[entry["alignment"]]
    return Model(
        factory,
        recogniser,
        lambda pixels, face: crop(pixels, face, recogniser.size),
        entry["detection_size"],
    )


def _five_points(pixels: Pixels, face: Face, size: tuple[int, int]) -> Pixels:
    if np.isfinite(face.landmarks).all(axis=1).sum() < 2:
        # Some detectors do not always give the eyes: the box is all there is to go by.
        return deepface_crop(pixels, face, size)
    return five_point_crop(pixels, face.landmarks, size)


_CROPS = {"five-point": _five_points, "deepface": deepface_crop, "original": original_crop}


def _require(engine: str) -> None:
    module, command = _ENGINES[engine]
    if importlib.util.find_spec(module) is None:
        raise VisageError(
            f"This model runs on {module}, which is not installed. Install it with '{command}', "
            "or choose another model in the config."
        )


def limit_tensorflow(threads: int) -> None:
    """Keep TensorFlow to `threads`, and to the GPU memory it needs; before anything imports it."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # as DeepFace sets it; has to be before the import
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    say_what_computes("TensorFlow", bool(found))
    try:
        for device in found:
            # Otherwise TensorFlow takes all of the GPU's memory, and a second process gets none.
            tf.config.experimental.set_memory_growth(device, True)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # TensorFlow has already run something in this process: it stays as it is.
        return


def _limit_pytorch(threads: int) -> None:
    import torch

    say_what_computes("PyTorch", torch.cuda.is_available())
    torch.set_num_threads(threads)
