"""What the other stages read of evaluation.json."""

from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.search.own_evaluation import BEFORE, Evaluation, fits


@pytest.mark.parametrize("text", ["", "{", "[]", '{"threshold": "x"}', '{"threshold": 1.0}'])
def test_a_damaged_evaluation_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(VisageError, match=r"evaluation\.json"):
        Evaluation.read(tmp_path / "evaluation.json")
    with pytest.raises(VisageError, match="missing"):
        Evaluation.read(tmp_path / "other.json")


def test_it_fits_what_it_was_made_with(tmp_path: Path) -> None:
    own = Evaluation(ranking="mean", fpir=0.05, threshold=None, summary="", calibration=None)
    assert own.learnt == BEFORE
    path = tmp_path / "evaluation.json"
    path.write_text(own.model_dump_json())
    assert fits(path, {"ranking": "mean", "fpir": 0.05})
    assert not fits(path, {"ranking": "nearest", "fpir": 0.05})
    path.write_text("[]")
    assert not fits(path, {"ranking": "mean"})
    assert not fits(tmp_path / "none.json", {})
