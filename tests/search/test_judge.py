"""Verdicts."""

import numpy as np
from visage.search.judge import verdicts


def test_verdicts() -> None:
    ranks, distances = np.array([1, 2, 3, 1]), np.array([0.5, 1.0, 1.1, 1.1])
    expected = ["match", "possible", "unknown", "unknown"]
    assert verdicts(ranks, distances, 1.0).tolist() == expected
    assert verdicts(ranks, distances, None).tolist() == ["possible"] * 4
