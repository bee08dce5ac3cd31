"""One name for everything that decides an embedding.

The Snakefile imports this module, so it needs the standard library only.
"""

import hashlib
import json
from importlib import metadata

# Raised when this project's own detection, alignment or batching code changes what comes out.
CODE = 2

_PACKAGES = ("deepface", "numpy", "opencv-contrib-python-headless", "pillow")
_ENGINE_PACKAGES = {
    "onnx": ("onnxruntime",),
    "openvino": ("openvino",),
    "pytorch": ("torch",),
    "tensorflow": ("tensorflow", "tf-keras"),
}
_DETECTOR_PACKAGES = {"mtcnn": ("mtcnn",), "retinaface": ("retina-face",)}


def fingerprint(registry: dict, entry: dict) -> str:
    """Name a model: recogniser, detector, alignment, normalisation, weights, package versions.

    Args:
        registry: The content of config/models.yaml.
        entry: The model's entry in it.

    Returns:
        32 hexadecimal digits. What is only judged afterwards (the threshold) has no part in it.
    """
    packages = (
        *_PACKAGES,
        *_ENGINE_PACKAGES[entry["engine"]],
        *_DETECTOR_PACKAGES.get(entry["detector"], ()),
    )
    facts = {
        "entry": {key: value for key, value in entry.items() if key != "threshold"},
        "weights": {
            file: _pinned(registry["files"], file) for file in sorted(entry["weights"].values())
        },
        "packages": {package: _version(package) for package in packages},
        "code": CODE,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _pinned(files: dict, file: str) -> str:
    """Give the SHA-256 that decides a file's content: its own or, if made here, its source's."""
    spec = files[file]
    return spec.get("sha256") or f"{spec['by']}({_pinned(files, spec['derived_from'])})"


def _version(package: str) -> str | None:
    """Give an installed package's version; None where a rule's own environment has it instead."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
