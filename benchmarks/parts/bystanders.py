"""How often faces at the edge of a photograph get a name, beside strangers' own photographs.

Half of a labelled folder's people are the gallery; the other half are strangers, and all faces that
are not the most prominent ones of their photograph are bystanders. Nobody has said who bystanders
are, and some are of the gallery: couples, colleagues, players of one team are in each other's
photographs. So beside the share that gets a name stands the share that is as near as one stranger
in a thousand: these are the person, but for a tenth of a percent.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from visage.evaluation import metrics
from visage.evaluation.searched import search_gallery
from visage.search.exact import ExactSearch
from visage.search.index import vectors_of
from visage.status import Status
from visage.store.arrow import equal, texts
from visage.store.tables import read_table
from visage.types import Floats, Reals

from parts.evaluated import ASKED, Folder

RANKING = "likelihood"
SURE = 0.001  # of strangers
DRAWS = 4


def named(folder: Folder, path: Path) -> Iterator[dict[str, Any]]:
    """Give the shares of strangers' and bystanders' faces that get a name; means over the draws.

    Args:
        folder: The faces that count.
        path: The faces table that they are from.
    """
    table = read_table(path)
    # A poor face is nobody's: it is not searched.
    clear = equal(table["status"], Status.OK).to_numpy(zero_copy_only=False)
    edge = np.array([(face or 0) > 0 for face in table["face"].to_pylist()], bool)
    known = np.array([vector is not None for vector in table["embedding"].to_pylist()], bool)
    beside = vectors_of(table.filter(pa.array(clear & edge & known)))
    vectors, people = vectors_of(folder.rows), np.array(texts(folder.rows["person"]), np.str_)
    beside = beside.reshape(len(beside), vectors.shape[1])  # there may be none
    shares: dict[str, list[list[float]]] = {"strangers": [], "bystanders": []}
    searches = {"strangers": 0, "bystanders": len(beside)}
    for seed in range(DRAWS):
        inside = _half(people, seed)
        found = search_gallery(folder.rows.filter(pa.array(inside)), RANKING, True, folder.near)
        limits = [metrics.threshold_at(metrics.strangers(found.trials), r) for r in (ASKED, SURE)]

        def nearest(probes: Floats, found: Any = found) -> Reals:
            faces = found.faces
            return found.ranking.candidates(faces.space(probes), ExactSearch(faces, 1), 1).distance

        away = {"strangers": nearest(vectors[~inside]), "bystanders": nearest(beside)}
        searches["strangers"] += int((~inside).sum()) // DRAWS
        for name, distances in away.items():
            shares[name].append([_share(distances, limit) for limit in limits])
    for name, rates in shares.items():
        asked, sure = np.mean(rates, axis=0)
        yield {
            "faces": name,
            "searches": searches[name],
            "get a name": f"{100 * asked:.2f} %",
            "as near as 1 stranger in 1000": f"{100 * sure:.2f} %",
            "the rest": f"{100 * (asked - sure):.2f} %",
        }


def _half(people: np.ndarray, seed: int) -> np.ndarray:
    """Mark the photographs of half of the people, drawn at random."""
    names = np.unique(people)
    drawn = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    return np.isin(people, drawn)


def _share(distances: Reals, limit: float | None) -> float:
    if limit is None or not len(distances):
        return float("nan")
    return float((distances <= limit).mean())
