"""Detectors and recognisers: DeepFace's, behind two small interfaces.

DeepFace's registry (`deepface.modules.modeling`) gives the objects; here they are loaded from
checked files only, kept to the threads they are given, and called with batches.
"""

import importlib
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.align import five_point_crop
from visage.errors import VisageError
from visage.images import Pixels

Embeddings = NDArray[np.float32]  # (n, dimension)


@dataclass(frozen=True)
class Face:
    """One detection, in pixels of the upright image."""

    x: float  # left
    y: float  # top
    w: float
    h: float
    confidence: float  # 0 to 1
    landmarks: NDArray[np.float32]  # (5, 2), order of `visage.align.TEMPLATE`, NaN where unknown


class Detector(Protocol):
    """Finds faces. Not to be shared between threads: each asks `Model.detector()` for its own."""

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces in `pixels` ((height, width, 3) uint8, BGR)."""
        ...


class Recogniser(Protocol):
    """Turns crops into embeddings. May be shared between threads."""

    size: tuple[int, int]  # (height, width) of a crop, pixels
    batch: int  # crops at a time that suit it

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR."""
        ...


@dataclass(frozen=True)
class Model:
    """A pair of detector and recogniser, ready to run."""

    detector: Callable[[], Detector]
    recogniser: Recogniser
    crop: Callable[[Pixels, Face], Pixels]  # a face cut out as the recogniser wants it


def load_model(entry: dict, weights: Path, threads: int) -> Model:
    """Load a model.

    Args:
        entry: Its entry of config/models.yaml.
        weights: The folder that holds the entry's files, checked already.
        threads: How many threads the caller will run detection and recognition in; the libraries
            use one thread each then, or (TensorFlow) this many in one call.

    Raises:
        VisageError: A package or a file the model needs is missing.
    """
    cv2.setNumThreads(1)
    os.environ["DEEPFACE_BACKEND_ENGINE"] = {"openvino": "onnx"}.get(
        entry["engine"], entry["engine"]
    )
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if entry["engine"] == "tensorflow" or entry["detector"] in ("retinaface", "mtcnn"):
        _limit_tensorflow(threads)
    with _deepface_home(entry["weights"], weights):
        recogniser = _load_recogniser(entry, weights)
        detector_class = _model_class("face_detector", entry["detector"])
        first = detector_class()
    size = recogniser.size
    if entry["alignment"] == "five-point":
        return Model(
            detector=_detector_factory(entry, weights, detector_class, first),
            recogniser=recogniser,
            crop=lambda pixels, face: five_point_crop(pixels, face.landmarks, size),
        )
    return Model(
        detector=_detector_factory(entry, weights, detector_class, first),
        recogniser=recogniser,
        crop=lambda pixels, face: deepface_crop(pixels, face, size),
    )


def _limit_tensorflow(threads: int) -> None:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # as DeepFace sets it; has to be before the import
    try:
        import tensorflow as tf
    except ModuleNotFoundError as error:
        raise VisageError(
            "This model runs on TensorFlow, which is not installed. Install it with "
            "'pip install tensorflow tf-keras', or choose another model in the config."
        ) from error
    for device in tf.config.list_physical_devices("GPU"):
        # Otherwise TensorFlow takes all of the GPU's memory, and a second job gets none.
        tf.config.experimental.set_memory_growth(device, True)
    if not tf.executing_eagerly():
        return
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # TensorFlow has already run something in this process: its threads stay as they are.
        return


class _deepface_home:  # noqa: N801 - used as a function
    """Let DeepFace find the checked weights under its own names, and nothing else.

    It looks in `$DEEPFACE_HOME/.deepface/weights` and downloads what is missing there; a folder
    of links, for the time of the loading, gives it the one and leaves the other to fail loudly.
    """

    def __init__(self, names: dict[str, str], weights: Path) -> None:
        self.names = names
        self.weights = weights

    def __enter__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="visage-deepface-")
        inside = Path(self.folder.name) / ".deepface" / "weights"
        inside.mkdir(parents=True)
        for name, file in self.names.items():
            target = (self.weights / file).absolute()
            if not target.is_file():
                raise VisageError(f"{target} is missing. Run: snakemake --cores 1 {target}")
            (inside / name).symlink_to(target)
        os.environ["DEEPFACE_HOME"] = self.folder.name
        weight_utils = importlib.import_module("deepface.commons.weight_utils")
        self.original = weight_utils.download_weights_if_necessary
        weight_utils.download_weights_if_necessary = self._find
        self.module = weight_utils

    def _find(self, file_name: str, *_: Any, **__: Any) -> str:
        path = Path(self.folder.name) / ".deepface" / "weights" / file_name
        if not path.exists():
            raise VisageError(
                f"DeepFace wants {file_name}, which the model's entry in config/models.yaml does "
                "not list under `weights`. Add it there, with its source and SHA-256 under `files`."
            )
        return str(path)

    def __exit__(self, *_: object) -> None:
        self.module.download_weights_if_necessary = self.original
        self.folder.cleanup()


def _model_class(task: str, name: str) -> Any:
    from deepface.modules import modeling
    from deepface.modules.exceptions import UnimplementedError

    try:
        return modeling.get_model_class(task, name)
    except UnimplementedError as error:
        raise VisageError(f"config/models.yaml: {error}") from error
    except (ImportError, ValueError) as error:
        raise VisageError(f"The {task} {name} needs a package that is missing: {error}") from error


def _build(task: str, name: str) -> Any:
    from deepface.modules import modeling

    _model_class(task, name)  # the same errors, made readable
    try:
        return modeling.build_model(task, name)
    except (ImportError, ValueError) as error:
        raise VisageError(f"The {task} {name} cannot be loaded: {error}") from error


def _load_recogniser(entry: dict, weights: Path) -> Recogniser:
    client = _build("facial_recognition", entry["recognizer"])
    if entry["engine"] in ("onnx", "openvino") and hasattr(client.model, "get_inputs"):
        graphs = [weights / f for n, f in entry["weights"].items() if n.endswith(".onnx")]
        graph = next(path for path in graphs if "detection" not in path.name)
        session = OpenVinoSession if entry["engine"] == "openvino" else OnnxSession
        client.model = session(graph)
        return DeepFaceRecogniser(client, entry, batch=1)
    return DeepFaceRecogniser(client, entry, batch=8)


class OnnxSession:
    """ONNX Runtime in the calling thread only: callers bring their own threads."""

    def __init__(self, graph: Path) -> None:
        """Load `graph`."""
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
        available = ort.get_available_providers()
        self._session = ort.InferenceSession(
            graph, options, providers=[name for name in wanted if name in available]
        )

    def get_inputs(self) -> list[Any]:
        """Give the graph's inputs, as ONNX Runtime does."""
        return self._session.get_inputs()

    def run(self, names: None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Run the graph, as ONNX Runtime does."""
        return self._session.run(names, inputs)


class OpenVinoSession:
    """A graph run by OpenVINO behind the two methods of ONNX Runtime that DeepFace calls.

    One request a thread, each in its caller's thread; float32 throughout, since bfloat16, which
    some processors would take by themselves, gives other embeddings (FACTS: cosine 0.99966).
    """

    def __init__(self, graph: Path) -> None:
        """Load and compile `graph` for the CPU."""
        import openvino as ov

        self._compiled = ov.Core().compile_model(
            graph,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": 1,
                "NUM_STREAMS": 1,
                "INFERENCE_PRECISION_HINT": "f32",
                "PERFORMANCE_HINT": "LATENCY",
            },
        )
        self._requests = threading.local()

    def get_inputs(self) -> list[Any]:
        """Give the graph's inputs, each with its `name`."""
        return [_Named(port.any_name) for port in self._compiled.inputs]

    def run(self, _: None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Run the graph in the calling thread."""
        if not hasattr(self._requests, "own"):
            self._requests.own = self._compiled.create_infer_request()
        result = self._requests.own.infer(inputs, share_inputs=True)
        return [np.array(result[0])]


@dataclass(frozen=True)
class _Named:
    name: str


class DeepFaceRecogniser:
    """A recogniser of DeepFace's registry."""

    def __init__(self, client: Any, entry: dict, batch: int) -> None:
        """Wrap `client`, a `deepface.models.FacialRecognition`."""
        self._client = client
        self._normalization = entry["normalization"]
        self._mirror = entry["mirror"]
        self.size = (int(client.input_shape[0]), int(client.input_shape[1]))
        self.batch = batch
        self._forward = _compiled(client) if entry["engine"] == "tensorflow" else client.forward

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        """Embed crops of (*size, 3) uint8, BGR: (n, dimension) float32.

        With `mirror`, a face's embedding is the mean of its own and its mirror image's, which
        takes twice the time (FACTS 4).
        """
        if not crops:
            return np.empty((0, 0), np.float32)
        upright = self._embed(np.stack(crops))
        if not self._mirror:
            return upright
        return (upright + self._embed(np.stack([crop[:, ::-1] for crop in crops]))) / 2

    def _embed(self, crops: Pixels) -> Embeddings:
        from deepface.modules.preprocessing import normalize_input

        scaled = crops.astype(np.float32) / 255
        # One by one: some normalisations take the mean of the array they are given.
        batch = np.stack([normalize_input(one, self._normalization) for one in scaled])
        return np.asarray(self._forward(batch), dtype=np.float32).reshape(len(crops), -1)


def _compiled(client: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Run a Keras model as a graph: eight times as fast as DeepFace's own eager call (FACTS 3).

    Batches are filled up to a fixed size, so that TensorFlow traces the graph once.
    """
    import tensorflow as tf

    graph = tf.function(lambda batch: client.model(batch, training=False))

    def forward(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        full = 8
        parts = []
        for start in range(0, len(batch), full):
            part = batch[start : start + full]
            filler = np.zeros((full - len(part), *part.shape[1:]), np.float32)
            parts.append(graph(tf.constant(np.concatenate([part, filler]))).numpy()[: len(part)])
        return np.concatenate(parts)

    return forward


def _detector_factory(
    entry: dict, weights: Path, detector_class: Any, first: Any
) -> Callable[[], Detector]:
    if entry["detector"] != "yunet":
        shared = DeepFaceDetector(first)
        return lambda: shared
    lock = threading.Lock()

    def build() -> Detector:
        with lock, _deepface_home(entry["weights"], weights):
            return YuNet(detector_class(), entry["detection_size"])

    return build


class YuNet:
    """YuNet through DeepFace's client, with all five landmarks, which the client drops."""

    # Below this the network's answers are noise; `faces.min_confidence` decides what counts.
    FLOOR = 0.3

    def __init__(self, client: Any, size: int) -> None:
        """Wrap `client`; images are scaled down until their longer side has `size` pixels."""
        self._net = client.model
        self._net.setScoreThreshold(self.FLOOR)
        self._size = size

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the order of the network."""
        scale = min(1.0, self._size / max(pixels.shape[:2]))
        if scale < 1.0:
            width = max(1, round(pixels.shape[1] * scale))
            height = max(1, round(pixels.shape[0] * scale))
            small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        else:
            small = pixels
        self._net.setInputSize((small.shape[1], small.shape[0]))
        _, rows = self._net.detect(small)
        factors = np.array(
            [pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]], np.float32
        )
        return [_yunet_face(row, factors) for row in (rows if rows is not None else [])]


def _yunet_face(row: NDArray[np.float32], factors: NDArray[np.float32]) -> Face:
    """Columns: x y w h, five landmarks in the template's order, score (cv2.FaceDetectorYN)."""
    points = row[:14].reshape(7, 2) * factors
    (x, y), (w, h) = points[0], points[1]
    return Face(float(x), float(y), float(w), float(h), float(row[14]), points[2:].copy())


class DeepFaceDetector:
    """Any detector of DeepFace's registry; one call at a time, its libraries bring threads."""

    def __init__(self, client: Any) -> None:
        """Wrap `client`, a `deepface.models.Detector`."""
        self._client = client
        self._lock = threading.Lock()

    def detect(self, pixels: Pixels) -> list[Face]:
        """Find all faces, in the client's order."""
        with self._lock:
            areas = self._client.detect_faces(pixels)
        return [_deepface_face(area) for area in areas]


def _deepface_face(area: Any) -> Face:
    points = [area.right_eye, area.left_eye, area.nose, area.mouth_right, area.mouth_left]
    landmarks = np.array([p if p is not None else (np.nan, np.nan) for p in points], np.float32)
    confidence = float(area.confidence) if area.confidence is not None else 1.0
    return Face(area.x, area.y, area.w, area.h, confidence, landmarks)


def deepface_crop(pixels: Pixels, face: Face, size: tuple[int, int]) -> Pixels:
    """Cut a face out as `DeepFace.represent` does: turned by the eyes, padded with black.

    DeepFace detects in the image with a black border of half its size on each side; here the
    face is found without it and only the crop is made with it, which is the same but for
    faces that only the border makes visible.

    Returns:
        (*size, 3) uint8, BGR.
    """
    from deepface.models.Detector import FacialAreaRegion
    from deepface.modules.detection import extract_face
    from deepface.modules.preprocessing import resize_image

    # As much border as the face can need: its box and a half, turned.
    border = int(max(face.w, face.h)) + 1
    padded = cv2.copyMakeBorder(pixels, *[border] * 4, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    eyes = [
        None if np.isnan(point).any() else (int(point[0]) + border, int(point[1]) + border)
        for point in face.landmarks[:2]
    ]
    cut = extract_face(
        facial_area=FacialAreaRegion(
            x=int(face.x) + border,
            y=int(face.y) + border,
            w=int(face.w),
            h=int(face.h),
            left_eye=eyes[1],
            right_eye=eyes[0],
            confidence=face.confidence,
        ),
        img=padded,
        align=all(eye is not None for eye in eyes),
        expand_percentage=0,
        width_border=border,
        height_border=border,
        # Any name but a real one would send DeepFace to its Haar cascades for missing eyes.
        detector_backend="opencv",
    ).img
    if cut.size == 0:
        cut = np.zeros((1, 1, 3), np.uint8)
    resized = resize_image(cut, size)[0]
    return (
        np.rint(resized * 255).astype(np.uint8) if resized.max() <= 1 else resized.astype(np.uint8)
    )
