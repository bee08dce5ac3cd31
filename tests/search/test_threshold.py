"""Where the threshold comes from."""

import numpy as np
import pytest
from visage.errors import VisageError
from visage.search.faces import Faces
from visage.search.rankings.nearest import Nearest
from visage.search.threshold import resolve_threshold


def test_thresholds() -> None:
    published = {"normalized": 1.128, "raw": None}
    unit, raw = (Nearest(Faces.of(np.eye(2, dtype=np.float32), "ab", n)) for n in (True, False))
    assert resolve_threshold("auto", published, unit).value == 1.128
    assert "1.128" in resolve_threshold("auto", published, unit).source
    assert resolve_threshold("auto", published, raw).value is None
    assert resolve_threshold(None, published, unit).value is None
    assert resolve_threshold(0.9, published, unit).value == 0.9
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(VisageError, match=r"match\.threshold"):
            resolve_threshold(bad, published, unit)
