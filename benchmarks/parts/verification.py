"""Pairs of photographs: the same person or not?"""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from visage.search.faces import unit
from visage.search.index import vectors_of
from visage.store.arrow import texts
from visage.types import Floats

FOLDS = 10
PARTITIONS = 10
SEED = 42


def compare(table: pa.Table, pairs: Path, published: float | None) -> dict:
    """Measure how well pairs are told apart: two images, and whether they are of one person.

    Args:
        table: The images' faces table; each image counts with its most prominent face.
        pairs: A CSV or TSV; a pair with an image without a face is wrong.
        published: The model's threshold.
    """
    rows = table.filter(pc.is_valid(table["embedding"]))
    rows = rows.take(np.flatnonzero(rows["face"].to_numpy() == 0))
    face = dict(zip(texts(rows["image"]), unit(vectors_of(rows)), strict=True))
    with pairs.open(encoding="utf-8-sig", newline="") as file:
        _, *listed = csv.reader(file, delimiter="\t" if pairs.suffix == ".tsv" else ",")
    same = np.array([row[2].strip().lower() in ("yes", "1", "true") for row in listed])
    away = np.array([_distance(face, row[0], row[1]) for row in listed])
    known = np.isfinite(away)
    right = known & ((away <= published) == same) if published else None
    return {
        "pairs": len(listed),
        "same person": int(same.sum()),
        "not compared": int((~known).sum()),
        "farthest same": float(away[known & same].max()),
        "nearest different": float(away[known & ~same].min()),
        "separated": bool(known.all() and away[same].max() < away[~same].min()),
        "accuracy at best threshold": _best(away, same)[1],
        "accuracy, 10 folds": _folds(away, same),
        "accuracy at published": None if right is None else float(right.mean()),
    }


def _distance(face: dict[str, Floats], one: str, other: str) -> float:
    if one not in face or other not in face:
        return np.nan
    return float(np.linalg.norm(face[one].astype(np.float64) - face[other]))


def _best(away: np.ndarray, same: np.ndarray) -> tuple[float, float]:
    """Give the threshold with the most right decisions, and their share."""
    values = np.unique(away[np.isfinite(away)])
    cuts = np.concatenate([[values[0] - 1], (values[1:] + values[:-1]) / 2, [values[-1] + 1]])
    shares = [_accuracy(away, same, cut) for cut in cuts]
    return float(cuts[int(np.argmax(shares))]), max(shares)


def _accuracy(away: np.ndarray, same: np.ndarray, cut: float) -> float:
    return float((np.isfinite(away) & ((away <= cut) == same)).mean())


def _folds(away: np.ndarray, same: np.ndarray) -> float:
    """Choose the threshold on nine tenths of the pairs, count on the tenth; every tenth once.

    The mean over `PARTITIONS` ways to part the pairs: one alone says 0.05 points more or less.
    """
    shares = []
    for seed in range(PARTITIONS):
        part = np.random.default_rng(SEED + seed).permutation(len(away)) % FOLDS
        for fold in range(min(FOLDS, len(away))):
            cut, _ = _best(away[part != fold], same[part != fold])
            shares.append(_accuracy(away[part == fold], same[part == fold], cut))
    return float(np.mean(shares))
