"""Galleries of made-up people, whose faces lie around centres of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from visage.evaluation.evaluate import evaluate_gallery
from visage.evaluation.protocol import Trials
from visage.evaluation.result import Result
from visage.evaluation.searched import Evaluated
from visage.search.faces import unit
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table

PUBLISHED = {"normalized": 1.128, "raw": None}
NEAR = 0.01  # the made-up photographs of a person are as near to each other as SFace's copies
DIMENSION = 16


def people(rng: np.random.Generator, number: int, photographs: int, spread: float) -> np.ndarray:
    """Faces of people around centres of their own, (number · photographs, DIMENSION)."""
    centres = unit(rng.normal(size=(number, DIMENSION)).astype(np.float32))
    noise = rng.normal(size=(number, photographs, DIMENSION)) * spread
    return (centres[:, None] + noise).astype(np.float32).reshape(-1, DIMENSION)


def gallery_table(
    vectors: np.ndarray, persons: list[str], hashes: list[str] | None = None
) -> pa.Table:
    rows = [
        {
            "image": f"{person}/{number}.jpg",
            "person": person,
            "sha256": hashes[number] if hashes else f"{number:04}",
            "face": 0,
            "x": 1.0,
            "y": 2.0,
            "w": 30.0,
            "h": 40.0,
            "embedding": vector.tolist(),
        }
        for number, (person, vector) in enumerate(zip(persons, vectors, strict=True))
    ]
    return pa.Table.from_pylist(rows, FACES)


def known_gallery(number: int = 40, photographs: int = 10, spread: float = 0.15) -> pa.Table:
    rng = np.random.default_rng(3)
    persons = [f"p{code:02}" for code in np.repeat(np.arange(number), photographs)]
    return gallery_table(people(rng, number, photographs, spread), persons)


def written(folder: Path, table: pa.Table) -> Path:
    write_table(folder / "faces.parquet", table, Origin("a-model", "f" * 32))
    return folder / "faces.parquet"


def evaluated(folder: Path, table: pa.Table, **own: Any) -> tuple[Result, Evaluated]:
    settings: dict[str, Any] = {"ranking": "mean", "normalize": True, "fpir": 0.01}
    settings |= {"published": 1.128, "near": NEAR} | own
    return evaluate_gallery(written(folder, table), **settings)


def trials_of(own: Any, other: Any, rank: Any) -> Trials:
    nobody, parts = np.zeros(len(own), np.int64), np.empty((len(own), 0), np.float32)
    columns = np.array(own, float), np.array(other, float), nobody, np.array(rank)
    return Trials(*columns, parts, nobody[:0])
