"""The original's pair, Facenet512 and RetinaFace, with random weights saved under the real names.

The real files cannot be had everywhere; their architecture with other numbers in it runs the same
code. RetinaFace's random weights get a bias that makes it find faces, if not those in the picture.
"""

import hashlib
import json
import os
import shutil
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from conftest import REPO, Workflow, project_copy
from numpy.typing import NDArray
from PIL import Image
from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Reader, Task
from visage.errors import VisageError
from visage.images.decode import decode
from visage.models.alignments.deepface import deepface_crop
from visage.models.alignments.original import original_crop
from visage.models.deepface import WeightsHome, use_engine
from visage.models.detectors import load_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry
from visage.models.model import load_model
from visage.models.recognisers.deepface import DeepFaceRecogniser
from visage.models.registry import load_registry
from visage.sets.listing import list_entries
from visage.store.tables import read_origin, read_table
from visage.types import Detector, Embeddings, Face, Model, Pixels

MODEL = "facenet512-retinaface"
SETTINGS = Faces(no_face="whole_image")


@dataclass(frozen=True)
class Facenet:
    """The pair with random weights: the files, a registry that vouches for them, and it loaded."""

    registry: Registry
    weights: Path
    model: Model

    @property
    def entry(self) -> ModelEntry:
        return self.registry.model(MODEL)

    def detector(self, size: int) -> Detector:
        entry = self.entry.model_copy(update={"detection_size": size})
        return load_detector(entry, self.weights, ENGINES[entry.engine], threads=2).make()


def random_weights(folder: Path) -> None:
    """Save both networks as their packages build them, without what would be downloaded."""
    os.environ |= {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "tensorflow"
    tf = pytest.importorskip("tensorflow")
    from deepface.models.facial_recognition.tf.Facenet import InceptionResNetV1
    from retinaface.model import retinaface_model

    tf.keras.utils.set_random_seed(1)
    folder.mkdir()
    InceptionResNetV1(dimension=512).save_weights(str(folder / "facenet512_weights.h5"))
    load = retinaface_model.load_weights
    try:
        retinaface_model.load_weights = lambda model: model
        network = retinaface_model.build_model()
    finally:
        retinaface_model.load_weights = load
    # Faces at the coarsest level only, with scores that differ, near their anchors.
    for stride, bias in ((32, 3.5), (16, -20.0), (8, -20.0)):
        scores = network.get_layer(f"face_rpn_cls_score_stride{stride}")
        kernel, _ = scores.get_weights()
        scores.set_weights([0.05 * kernel, np.array([0, 0, bias, -20], np.float32)])
        for part in ("bbox", "landmark"):
            layer = network.get_layer(f"face_rpn_{part}_pred_stride{stride}")
            kernel, zero = layer.get_weights()
            layer.set_weights([0.05 * kernel, zero])
    network.save_weights(str(folder / "retinaface.h5"))


@pytest.fixture(scope="module")
def facenet(tmp_path_factory: pytest.TempPathFactory) -> Facenet:
    weights = tmp_path_factory.mktemp("facenet") / "weights"
    random_weights(weights)
    registry = load_registry(REPO / "config/models.yaml")
    files = dict(registry.files)
    for file in registry.model(MODEL).files:
        data = (weights / file).read_bytes()
        facts = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        files[file] = files[file].model_copy(update=facts)
    registry = registry.model_copy(update={"files": files})
    return Facenet(registry, weights, load_model(registry.model(MODEL), weights, 2))


def photograph(photographs: Path, name: str) -> Pixels:
    return decode((photographs / name).read_bytes()).pixels


def test_a_batch_gives_what_single_images_give_and_deepface_gives(facenet: Facenet) -> None:
    rng = np.random.default_rng(0)
    crops = list(rng.integers(0, 256, (19, 160, 160, 3), np.uint8))
    recogniser = facenet.model.recogniser
    assert (recogniser.size, recogniser.batch) == ((160, 160), 8)
    together = recogniser.embed(crops)
    assert together.shape == (19, 512)
    # Batches are filled up to one size: whatever stands beside a crop, its embedding is the same.
    np.testing.assert_array_equal(together, np.concatenate([recogniser.embed([c]) for c in crops]))

    from deepface import DeepFace

    with WeightsHome(facenet.entry.weights, facenet.weights):
        theirs = DeepFace.represent(
            crops[0], "Facenet512", detector_backend="skip", normalization="Facenet2018"
        )
    # The tolerance: another order of float32 sums in graph and eager mode.
    np.testing.assert_allclose(together[0], theirs[0]["embedding"], rtol=0, atol=1e-5)


def test_memory_does_not_grow_with_the_number_of_faces(
    facenet: Facenet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    recogniser = facenet.model.recogniser
    assert isinstance(recogniser, DeepFaceRecogniser)
    forward = recogniser._forward

    def counted(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        sizes.append(len(batch))
        return forward(batch)

    monkeypatch.setattr(recogniser, "_forward", counted)
    recogniser.embed([np.zeros((160, 160, 3), np.uint8)] * 20)
    assert sizes == [8, 8, 4]


class Watched:
    """Finds five faces in every picture and counts the crops that are alive at once."""

    size = (64, 64)
    batch = 8

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.alive = self.most = self.seen = 0

    def detect(self, _: Pixels) -> list[Face]:
        nothing = np.full((5, 2), np.nan, np.float32)
        return [Face(0.0, 0.0, 40.0 + i, 40.0, 0.9, nothing) for i in range(5)]

    def crop(self, _: Pixels, __: Face) -> Pixels:
        crop = np.zeros((64, 64, 3), np.uint8)
        with self.lock:
            self.alive += 1
            self.most = max(self.most, self.alive)
        weakref.finalize(crop, self.gone)
        return crop

    def gone(self) -> None:
        self.alive -= 1

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        self.seen += len(crops)
        return np.ones((len(crops), 4), np.float32)


def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path) -> None:
    number = 120
    (tmp_path / "set").mkdir()
    for step in range(number):
        cv2.imwrite(str(tmp_path / f"set/{step:03}.png"), np.full((50, 50, 3), step, np.uint8))
    watched = Watched()
    embedder = Embedder(
        Reader(tmp_path / "set", Hashes(tmp_path / "hashes")),
        SETTINGS,
        lambda: Model(lambda: watched, watched, watched.crop),
        Cache(tmp_path / "cache"),
        threads=2,
    )
    tasks = [Task(entry, None) for entry in list_entries(tmp_path / "set", False)]
    assert sum(1 for _ in embedder.run(tasks)) == number
    assert watched.seen == 5 * number
    # Eight photographs ahead, a batch, and what the two threads hold; not all 600.
    assert watched.most <= 5 * (8 + 2 + 3)


def test_retinaface_finds_what_deepface_finds(facenet: Facenet, photographs: Path) -> None:
    from deepface.models.face_detection.RetinaFace import RetinaFaceClient

    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    found = facenet.model.detector().detect(pixels)
    theirs = RetinaFaceClient().detect_faces(pixels)  # its network is one for the whole process
    assert len(found) == len(theirs) > 5
    assert len({face.confidence for face in found}) > 5
    for ours, area in zip(found, theirs, strict=True):
        assert (ours.x, ours.y, ours.w, ours.h) == (area.x, area.y, area.w, area.h)
        assert ours.confidence == pytest.approx(area.confidence)
        points = [area.right_eye, area.left_eye, area.nose, area.mouth_right, area.mouth_left]
        np.testing.assert_array_equal(np.trunc(ours.landmarks), points)
    crop = facenet.model.crop(pixels, found[0])
    assert (crop.shape, crop.dtype) == ((160, 160, 3), np.uint8)


def test_detection_size_keeps_retinaface_from_enlarging(
    facenet: Facenet, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retinaface import RetinaFace

    shapes: list[tuple[int, ...]] = []
    predict = RetinaFace._predict

    def watched(model: object, tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        shapes.append(tensor.shape)
        return predict(model, tensor)

    monkeypatch.setattr(RetinaFace, "_predict", watched)
    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    faces = facenet.detector(256).detect(pixels)
    assert shapes == [(1, 256, 256, 3)]
    # In pixels of the photograph again.
    assert max(face.x + face.w for face in faces) > 300


@pytest.mark.parametrize(
    "name",
    [
        "queries/known/portrait.jpg",
        "queries/hidden/cut-left.jpg",
        "queries/several/four-people.jpg",
    ],
)
def test_the_crop_is_deepfaces_own(photographs: Path, name: str) -> None:
    """Photographs with a plain face, with one cut off by the edge, and with several."""
    from deepface.modules import detection, preprocessing

    entry = load_registry(REPO / "config/models.yaml").model("sface-yunet-fast")
    use_engine(ENGINES[entry.engine])
    pixels = photograph(photographs, name)
    with WeightsHome(entry.weights, REPO / "weights"):
        found = detection.detect_faces("yunet", pixels, align=True)
    assert found
    for one in found:
        area = one.facial_area
        landmarks = np.full((5, 2), np.nan, np.float32)
        landmarks[:2] = area.right_eye, area.left_eye
        face = Face(area.x, area.y, area.w, area.h, area.confidence, landmarks)
        ours = deepface_crop(pixels, face, (160, 160))
        # As `extract_faces` and `represent` go on with it.
        theirs = preprocessing.resize_image(one.img / 255, (160, 160))[0] * 255
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=0.51)  # rounded to whole levels


def test_the_originals_crop_is_turned_within_its_box(photographs: Path) -> None:
    """Against DeepFace 0.0.103's crop: of an upright face the same, of a tilted one not."""
    face = Face(20.0, 10.0, 100.0, 120.0, 0.9, np.full((5, 2), np.nan, np.float32))
    pixels = photograph(photographs, "gallery/eileen-collins/astronaut.png")
    face.landmarks[:2] = (50, 60), (90, 60)
    upright = original_crop(pixels, face, (160, 160))
    np.testing.assert_allclose(upright, deepface_crop(pixels, face, (160, 160)), rtol=0, atol=1)
    # The person's left eye is lower by 45 degrees: the box turns anticlockwise, its corners go.
    face.landmarks[:2] = (50, 60), (90, 100)
    tilted = original_crop(pixels, face, (160, 160))
    box = Image.fromarray(pixels[10:130, 20:120]).rotate(45)
    height, width = 160, int(100 * 160 / 120)
    expected = cv2.resize(np.asarray(box), (width, height))
    left = (160 - width) // 2
    np.testing.assert_array_equal(tilted[:, left : left + width], expected)
    assert not tilted[:, :left].any()
    assert not tilted[:5, left : left + 5].any()


def test_an_image_without_a_face_is_embedded_whole_as_the_original_did(
    facenet: Facenet, photographs: Path, tmp_path: Path
) -> None:
    shutil.copytree(photographs / "queries/nobody", tmp_path / "set")
    nothing = Model(Blind, facenet.model.recogniser, facenet.model.crop)
    embedder = Embedder(
        Reader(tmp_path / "set", Hashes(tmp_path / "hashes")),
        SETTINGS,
        lambda: nothing,
        Cache(tmp_path / "cache"),
        threads=1,
    )
    (task,) = [Task(entry, None) for entry in list_entries(tmp_path / "set", False)]
    ((_, analysis),) = embedder.run([task])

    from deepface import DeepFace

    pixels = photograph(photographs, "queries/nobody/cat.png")
    with WeightsHome(facenet.entry.weights, facenet.weights):
        (theirs,) = DeepFace.represent(
            pixels, "Facenet512", detector_backend="skip", normalization="Facenet2018"
        )
    assert isinstance(analysis, Analysis)
    assert analysis.whole is not None
    # The original resized whole levels, DeepFace 0.0.103 fractions of them.
    whole, theirs = analysis.whole, np.array(theirs["embedding"])
    assert whole @ theirs / np.linalg.norm(whole) / np.linalg.norm(theirs) > 0.9999


class Blind:
    """Finds nothing."""

    def detect(self, _: Pixels) -> list[Face]:
        return []


def test_mtcnn_finds_the_face_that_yunet_finds(photographs: Path) -> None:
    """Another detector by an entry alone; the same person by either, with all five landmarks."""
    pytest.importorskip("mtcnn")
    entries = load_registry(REPO / "config/models.yaml").models
    pixels = photograph(photographs, "queries/known/portrait.jpg")
    found = []
    for name in ("sface-yunet-fast", "sface-mtcnn"):
        model = load_model(entries[name], REPO / "weights", 1)
        face = max(model.detector().detect(pixels), key=lambda face: face.w * face.h)
        (embedding,) = model.recogniser.embed([model.crop(pixels, face)])
        found.append((face.landmarks, face.w, embedding / np.linalg.norm(embedding)))
    (points, width, ours), (others, _, theirs) = found
    # Left and right would be a whole face apart if they were mixed up.
    assert np.linalg.norm(points - others, axis=1).max() < 0.15 * width
    assert ours @ theirs > 0.9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recognizer": "Dlib", "engine": "onnx"}, "pip install dlib"),
        ({"detector": "dlib"}, "pip install dlib"),
        ({"detector": "mediapipe"}, "pip install mediapipe"),
        ({"engine": "pytorch"}, "pip install torch"),
        ({"recognizer": "Facenet513"}, "DeepFace has no recognizer 'Facenet513'. It has VGG-Face,"),
        ({"recognizer": "ArcFace"}, "DeepFace wants arcface_weights.onnx, which the model's entry"),
    ],
)
def test_what_a_model_lacks_is_said_in_one_line(change: dict, words: str) -> None:
    entry = load_registry(REPO / "config/models.yaml").model("sface-yunet-fast")
    package = words.removeprefix("pip install ")
    if words.startswith("pip") and __import__("importlib").util.find_spec(package):
        pytest.skip(f"{package} is installed")
    with pytest.raises(VisageError) as caught:
        load_model(entry.model_copy(update=change), REPO / "weights", 1)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_originals_preset_runs_from_photographs_to_scores(
    facenet: Facenet, photographs: Path, tmp_path: Path
) -> None:
    """A gallery of its vectors, whose photographs nobody looks at, and a query to be embedded."""
    project = tmp_path / "project"
    project_copy(project, weights=False)
    registry = yaml.safe_load((REPO / "config/models.yaml").read_text())
    for file in facenet.entry.files:
        registry["files"][file] = facenet.registry.file(file).model_dump(exclude_none=True)
    registry["models"][MODEL]["detection_size"] = 320  # as published it takes seconds an image
    (project / "config/models.yaml").write_text(yaml.safe_dump(registry))
    shutil.copytree(facenet.weights, project / "weights")
    data = tmp_path / "data"
    shutil.copytree(photographs / "queries/nobody", data / "queries/nobody")
    for number, person in enumerate(("grace-hopper", "eileen-collins")):
        place = data / "gallery" / person / "portrait.vector"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps([float(number)] * 511 + [1.0]))
    workflow = Workflow(data, project / "Snakefile")
    workflow.succeed(
        "results/scores.tsv",
        "results/images.tsv",
        "--configfile",
        str(project / "config/visage-ml.yaml"),
        "--config",
        "gallery=gallery",
        "queries=queries",
        "names=null",
        "shards=1",
        "import_vectors=true",
    )
    assert workflow.embedded() == 1
    table = data / "results/queries/tables/0.parquet"
    assert read_origin(table).model == MODEL
    (row,) = read_table(table).to_pylist()  # the largest of the faces only
    assert (row["status"], row["face"], len(row["embedding"])) == ("ok", 0, 512)
    pixels = photograph(photographs, "queries/nobody/cat.png")
    faces = facenet.detector(320).detect(pixels)
    largest = max(faces, key=lambda face: (face.w * face.h, face.confidence))
    expected = facenet.model.recogniser.embed([facenet.model.crop(pixels, largest)])[0]
    np.testing.assert_allclose(row["embedding"], expected, rtol=0, atol=1e-5)
    assert set(workflow.scores()["ID"]) == {"grace-hopper", "eileen-collins"}


@pytest.mark.skipif(
    not all((REPO / "weights" / f).exists() for f in ("facenet512_weights.h5", "retinaface.h5")),
    reason="the real weights are not in weights/ (see weights/README.md)",
)
def test_the_real_weights_give_the_published_numbers(shared_faces: Path) -> None:
    """DeepFace's threshold (1.04, normalised) separates the pairs of its own test photographs.

    DeepFace 0.0.90 states 98.4 % of 1,000 LFW pairs for this pair of models.
    """
    import pandas as pd

    entry = load_registry(REPO / "config/models.yaml").model(MODEL)
    model = load_model(entry, REPO / "weights", 2)
    pairs = pd.read_csv(shared_faces / "pairs/master.csv")
    vectors = {}
    for name in sorted({*pairs["file_x"], *pairs["file_y"]}):
        pixels = decode((shared_faces / "pairs" / name).read_bytes()).pixels
        faces = model.detector().detect(pixels)
        assert faces, name
        assert max(face.confidence for face in faces) > 0.98, name
        largest = max(faces, key=lambda face: face.w * face.h)
        vector = model.recogniser.embed([model.crop(pixels, largest)])[0]
        vectors[name] = vector / np.linalg.norm(vector)
    first, second = (
        np.array([vectors[name] for name in pairs[key]]) for key in ("file_x", "file_y")
    )
    distances = np.linalg.norm(first - second, axis=1)
    same = (distances <= entry.threshold.normalized) == (pairs["Decision"] == "Yes")
    assert same.mean() >= 0.97
