"""One name for everything that decides an embedding.

The Snakefile imports this module, so it needs nothing heavy.
"""

import hashlib
import json
from importlib import metadata

from visage.models.detectors import kind_of as kind_of_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry

# Raised when this project's own detection, alignment or batching code changes what comes out.
CODE = 5

_PACKAGES = ("deepface", "numpy", "opencv-contrib-python-headless", "pillow")


def fingerprint(registry: Registry, entry: ModelEntry) -> str:
    """Name a model: recogniser, detector, alignment, normalisation, weights, package versions.

    Returns:
        32 hexadecimal digits. What is only judged afterwards (the threshold) has no part in it.
    """
    packages = (
        *_PACKAGES,
        *ENGINES[entry.engine].packages,
        *kind_of_detector(entry.detector).packages,
    )
    facts = {
        "entry": entry.facts(),
        "weights": {file: registry.file(file).sha256 for file in entry.files},
        "packages": {package: _version(package) for package in packages},
        "code": CODE,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _version(package: str) -> str | None:
    """Give an installed package's version; None where a rule's own environment has it instead."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
