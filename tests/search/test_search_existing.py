"""The vectors of the original program's index."""

from pathlib import Path

import numpy as np
import pytest
from existing_index import write_original
from visage.errors import VisageError
from visage.search.existing import read_vectors

VECTORS = np.random.default_rng(0).normal(size=(3, 128)).astype(np.float32)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    write_original(tmp_path, VECTORS, ["a", "b", "c"])
    return tmp_path / "face.db"


def test_the_vectors_are_read_as_they_were_written(database: Path) -> None:
    assert np.array_equal(read_vectors(database, 128, 3), VECTORS)


@pytest.mark.parametrize(("dimension", "number"), [(512, 3), (128, 2), (128, 4)])
def test_another_model_or_other_labels_are_told(
    database: Path, dimension: int, number: int
) -> None:
    with pytest.raises(VisageError, match=r"do not belong together.* another model"):
        read_vectors(database, dimension, number)


@pytest.mark.parametrize("content", [b"", b"\7" * (16 + 4 * 128)])
def test_a_damaged_file_is_told(database: Path, content: bytes) -> None:
    database.write_bytes(content)
    with pytest.raises(VisageError, match="do not belong together"):
        read_vectors(database, 128, 3)
