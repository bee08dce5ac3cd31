"""A whole model: the original's, from a photograph to scores, and one that cannot be had."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import REPO, Workflow, project_copy
from facenet import MODEL, Facenet, photograph
from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Reader, Task
from visage.errors import VisageError
from visage.images.decode import decode
from visage.models.deepface import WeightsHome, use_engine
from visage.models.engines import ENGINES
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.sets.listing import list_entries
from visage.store.tables import read_origin, read_table
from visage.types import Detector, Face, Model, Pixels

SETTINGS = Faces(no_face="whole_image")


class Blind(Detector):
    """Finds nothing."""

    def detect(self, _: Pixels) -> list[Face]:
        return []


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
    use_engine(ENGINES[facenet.entry.engine])  # another test may have asked for another
    with WeightsHome(facenet.entry.weights, facenet.weights):
        (theirs,) = DeepFace.represent(
            pixels, "Facenet512", detector_backend="skip", normalization="Facenet2018"
        )
    assert isinstance(analysis, Analysis)
    assert analysis.whole is not None
    # The original resized whole levels, DeepFace 0.0.103 fractions of them.
    whole, theirs = analysis.whole, np.array(theirs["embedding"])
    assert whole @ theirs / np.linalg.norm(whole) / np.linalg.norm(theirs) > 0.9999


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
