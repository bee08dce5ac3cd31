"""A made-up gallery searched, without files."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from visage.search.annoy import AnnoySearch
from visage.search.exact import ExactSearch
from visage.search.faces import Faces
from visage.search.rankings import faces_of, fit
from visage.search.rankings.base import Candidates


def queries_and_items() -> tuple[np.ndarray, np.ndarray]:
    """Vectors to search and to be searched, (90, 12) and (400, 12), some of which are copies."""
    rng = np.random.default_rng(3)
    items = rng.normal(size=(400, 12)).astype(np.float32)
    items[200:210] = items[17]  # ten copies of one photograph
    queries = rng.normal(size=(90, 12)).astype(np.float32)
    queries[5] = items[17]
    return queries, items


def searched(
    vectors: np.ndarray | list,
    labels: Iterable[str],
    queries: np.ndarray | list,
    ranking: str,
    normalize: bool = True,
    neighbours: int = 50,
    results: int = 10,
    annoy: Any = None,
    search_k: int = 10_000,
) -> tuple[Candidates, Faces]:
    """Search queries, as a model gives them, in a gallery; `annoy` makes an index of vectors."""
    faces = faces_of(ranking, np.asarray(vectors, np.float32), labels, normalize)
    fitted = fit(ranking, faces)
    search = (
        AnnoySearch(faces, annoy(faces.vectors), neighbours, search_k)
        if annoy
        else ExactSearch(faces, neighbours)
    )
    probes = faces.space(np.asarray(queries, np.float32))
    return fitted.candidates(probes, search, results), faces
