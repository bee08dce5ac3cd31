"""`.vector` files: one JSON list of floats, as the original program wrote them."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class VectorProblem(Exception):
    """Why a `.vector` file gives no embedding; the message is a sentence for a table's row."""


def read_vector(path: Path, dimension: int) -> NDArray[np.float32]:
    """Read the embedding in `path`: (dimension,) float32.

    Raises:
        VectorProblem: The file cannot be read, is not a list of `dimension` finite numbers.
    """
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise VectorProblem(f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise VectorProblem(f"is not JSON: {error}") from error
    if not isinstance(values, list) or not all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in values
    ):
        raise VectorProblem("is not a list of numbers")
    if len(values) != dimension:
        raise VectorProblem(f"holds {len(values)} numbers; the model gives {dimension}")
    try:
        embedding = np.array(values, dtype=np.float32)
    except OverflowError as error:
        raise VectorProblem("holds a number beyond the range of 32 bits") from error
    if not np.isfinite(embedding).all():
        raise VectorProblem("holds a value that is not a finite number")
    if not embedding.any():
        raise VectorProblem("holds zeros only")
    return embedding


def read_floats(path: Path) -> NDArray[np.float32] | None:
    """Read whatever embedding is in `path`; None where there is none."""
    try:
        values = json.loads(path.read_bytes())
        return np.array(values, dtype=np.float32) if isinstance(values, list) else None
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        return None
