"""An index as the original program's builder leaves it."""

import json
from pathlib import Path

import numpy as np
from annoy import AnnoyIndex


def write_original(folder: Path, vectors: np.ndarray, labels: list[str]) -> None:
    """Write face.db and face.json as the original's builder does."""
    folder.mkdir(exist_ok=True)
    index = AnnoyIndex(vectors.shape[1], "euclidean")
    index.set_seed(7)
    for item, vector in enumerate(vectors):
        index.add_item(item, vector.tolist())
    index.build(100)
    index.save(str(folder / "face.db"))
    (folder / "face.json").write_text(json.dumps(labels))
