"""`.vector` files: what is an embedding, and why another file is none."""

import json
from pathlib import Path

import numpy as np
import pytest
from visage.store.vectors import VectorProblem, read_floats, read_vector


def test_the_numbers_come_back_as_32_bit(tmp_path: Path) -> None:
    (tmp_path / "a.vector").write_text(json.dumps([1, -0.1, 3e-5]))
    found = read_vector(tmp_path / "a.vector", 3)
    assert found.dtype == np.float32
    assert found.tolist() == np.array([1, -0.1, 3e-5], np.float32).tolist()
    assert read_floats(tmp_path / "a.vector") is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "is not a list of numbers"),
        ("[1, true]", "is not a list of numbers"),
        ('[1, "2"]', "is not a list of numbers"),
        ("[1]", "holds 1 numbers; the model gives 2"),
        ("[1, 1e999]", "not a finite number"),
        (f"[1, {10**400}]", "beyond the range"),
        ("[1, NaN]", "not a finite number"),
        ("[0, 0.0]", "zeros only"),
    ],
)
def test_what_is_no_embedding_says_why(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "a.vector").write_text(content)
    with pytest.raises(VectorProblem, match=words):
        read_vector(tmp_path / "a.vector", 2)


def test_a_missing_file_says_so_and_gives_no_floats(
    tmp_path: Path,
) -> None:
    with pytest.raises(VectorProblem, match="cannot be read"):
        read_vector(tmp_path / "none.vector", 2)
    for content in ("{", "{}", '["a"]'):
        (tmp_path / "a.vector").write_text(content)
        assert read_floats(tmp_path / "a.vector") is None
    assert read_floats(tmp_path / "none.vector") is None
