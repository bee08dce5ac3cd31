from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.models.entries import Wheel
from visage.models.registry import load_registry

REPO = Path(__file__).parents[2]
REGISTRY = REPO / "config" / "models.yaml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Copy the register with its first `old` replaced."""
    text = REGISTRY.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "models.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    centre = "sface-yunet.centre.json"
    (tmp_path / centre).write_text((REGISTRY.parent / centre).read_text())
    return path


def test_files_of_the_default_model() -> None:
    assert load_registry(REGISTRY).model("sface-yunet").files == [
        "face_detection_yunet_2023mar_float32.onnx",
        "face_recognition_sface_2021dec_float32.onnx",
    ]


def test_threshold_of_sface_is_that_of_cosine_0363() -> None:
    threshold = load_registry(REGISTRY).model("sface-yunet-fast").threshold
    assert threshold.normalized == pytest.approx((2 - 2 * 0.363) ** 0.5, abs=1e-3)


def test_thresholds_of_facenet512_are_those_of_the_installed_deepface() -> None:
    thresholds = pytest.importorskip("deepface.config.threshold").thresholds["Facenet512"]
    threshold = load_registry(REGISTRY).model("facenet512-retinaface").threshold
    assert threshold.model_dump() == {
        "normalized": thresholds["euclidean_l2"],
        "raw": thresholds["euclidean"],
    }


def test_unknown_model_names_the_nearest() -> None:
    with pytest.raises(VisageError, match=r"'sface-yunnet'.*Did you mean 'sface-yunet'\?"):
        load_registry(REGISTRY).model("sface-yunnet")


def test_what_an_entry_leaves_out_is_filled_in(tmp_path: Path) -> None:
    path = changed(tmp_path, "    mirror: false\n    detection_size: 640\n", "")
    entry = load_registry(path).model("sface-yunet-fast")
    assert (entry.mirror, entry.detection_size) == (False, None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("engine: openvino", "engin: openvino", r"models\.sface-yunet.*Did you mean 'engine'"),
        (
            "engine: openvino",
            "engine: cuda",
            r"models\.sface-yunet\.engine: 'cuda' is none of openvino, onnx",
        ),
        ("    dimension: 128\n", "", r"models\.sface-yunet: 'dimension' is a required"),
        ("    licence: MIT\n", "", "'licence' is a required"),
        ("    by: fold_int8\n", "", "files.face_recognition_sface_2021dec_float32.onnx"),
        ("- url: https://", "- url: ftp://", "ftp://"),
        (": face_detection_yunet_2023mar_float32.onnx", ": yunet.onnx", "is not among files"),
        ("  retinaface.h5:\n    sha256", "  ../retinaface.h5:\n    sha256", r"\.\./retinaface"),
        (
            "    precision: bfloat16",
            "    precision: half",
            r"sface-yunet-bfloat16\.precision: 'half'",
        ),
        ("engine: onnx", "precision: bfloat16\n    engine: onnx", "only the engine openvino"),
        ("    mirror: false\n", "    mirror: false\n    mirror: true\n", "'mirror' stands there"),
        ("models:\n", "models: [\n", "not proper YAML"),
        ("    dimension: 128\n", "    dimension: 64\n", "it has 128 numbers, .* dimension is 64"),
        ("centre: sface-yunet.centre.json", "centre: models.yaml", "holds no centre"),
        ("centre: sface-yunet.centre.json", "centre: none.json", r"none\.json holds no centre"),
        ("    detector: yunet\n", "    detector: mtcnn\n", "only the detector yunet on"),
        ("    alignment: five-point\n", "    alignment: deepface\n", "crop_scale: only"),
        ("    recognizer: onnx\n", "    recognizer: SFace\n", r"models\.buffalo_l: input: it says"),
        (
            "    engine: openvino\n    alignment: five-point\n    input",
            "    engine: pytorch\n    alignment: five-point\n    input",
            "pytorch runs no ONNX graphs",
        ),
    ],
)
def test_mistake_in_the_register_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(VisageError, match=message) as caught:
        load_registry(path)
    assert str(path) in str(caught.value)


def test_missing_register_is_named(tmp_path: Path) -> None:
    with pytest.raises(VisageError, match=r"models\.yaml is missing"):
        load_registry(tmp_path / "models.yaml")


def test_table_in_the_readme_agrees() -> None:
    text = (REPO / "weights" / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    table = {file.strip("`"): rest for file, *rest in rows}
    registry = load_registry(REGISTRY)
    assert list(table) == list(registry.files)
    for file, (licence, sources, used_by) in table.items():
        spec = registry.file(file)
        assert licence == spec.licence
        for source in spec.sources or ():
            if isinstance(source, Wheel):
                name, version = source.wheel.split("==")
                assert f"`{name}` {version}" in sources
            elif "huggingface" in source.url:
                assert "Hugging Face" in sources or "huggingface.co" in sources
            else:
                assert spec.homepage in sources
        assert (spec.derived_from is not None) == sources.startswith("made from")
        users = [name for name, model in registry.models.items() if file in model.files]
        users += [name for name, other in registry.files.items() if other.derived_from == file]
        assert used_by == (", ".join(f"`{user}`" for user in users) or "entries of your own")
