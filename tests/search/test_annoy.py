"""Annoy's search, beside the exact one."""

import logging
from pathlib import Path

import numpy as np
import pytest
from annoy import AnnoyIndex
from searching import queries_and_items
from visage.errors import VisageError
from visage.search.annoy import annoy_search, load_annoy, recall
from visage.search.exact import Found, exact


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    return queries_and_items()


def annoy_of(items: np.ndarray, trees: int) -> AnnoyIndex:
    index = AnnoyIndex(items.shape[1], "euclidean")
    index.set_seed(1)
    for number, item in enumerate(items):
        index.add_item(number, item.tolist())
    index.build(trees, n_jobs=1)
    return index


def test_annoy_that_looks_everywhere_is_exact(data: tuple[np.ndarray, np.ndarray]) -> None:
    queries, items = data
    found = annoy_search(queries, annoy_of(items, 10), 20, 100_000)
    np.testing.assert_allclose(found.distances, exact(queries, items, 20).distances, atol=1e-5)
    assert recall(queries, items, found) == 1.0


def test_annoy_that_hardly_looks_is_warned_of(
    data: tuple[np.ndarray, np.ndarray], caplog: pytest.LogCaptureFixture
) -> None:
    queries, items = data
    found = annoy_search(queries, annoy_of(items, 1), 20, 1)
    assert recall(queries, items, found) < 0.9
    assert "match.search_k" in caplog.text


def test_recall_counts_by_distance(caplog: pytest.LogCaptureFixture) -> None:
    items = np.array([[0.0], [1.0], [1.0], [5.0]], np.float32)
    caplog.set_level(logging.INFO)
    # The nearest two of 0 are item 0 and item 1; item 2 is as good as item 1, item 3 is not.
    queries = np.zeros((2, 1), np.float32)
    found = Found(np.array([[0, 2], [0, 3]]), np.array([[0.0, 1.0], [0.0, 5.0]]))
    assert recall(queries, items, found) == 0.75  # three of four
    assert "75.0 %" in caplog.text


def test_index_of_another_gallery_is_refused(
    tmp_path: Path, data: tuple[np.ndarray, np.ndarray]
) -> None:
    _, items = data
    annoy_of(items, 2).save(str(tmp_path / "face.db"))
    assert load_annoy(tmp_path / "face.db", 12, 400).get_n_items() == 400
    with pytest.raises(VisageError, match="do not belong together"):
        load_annoy(tmp_path / "face.db", 12, 399)
    with pytest.raises(VisageError, match=r"missing\.db"):
        load_annoy(tmp_path / "missing.db", 12, 400)
