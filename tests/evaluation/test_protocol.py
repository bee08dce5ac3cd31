"""The searches in one pass."""

import numpy as np
from made_up_gallery import people
from visage.evaluation import protocol
from visage.search.faces import Faces
from visage.search.rankings import RANKINGS


def test_little_memory_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    codes = np.sort(rng.integers(0, 9, 70))
    codes = np.unique(codes, return_inverse=True)[1]
    vectors, labels = people(rng, 70, 1, 0.1), [f"p{code}" for code in codes]
    for kind in RANKINGS.values():
        fitted = kind(Faces.of(vectors, labels, True))
        at_once = protocol.search(fitted, np.arange(70))
        one_by_one = protocol.search(fitted, np.arange(70), memory_mb=0)
        for one, other in zip(at_once, one_by_one, strict=True):
            np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-4)
