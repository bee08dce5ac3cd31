"""The evaluation of a gallery in which there is nobody yet."""

from pathlib import Path

from made_up_gallery import evaluated, known_gallery
from visage.evaluation.nobody import nobody
from visage.evaluation.result import Result
from visage.search.own_evaluation import Evaluation
from visage.store.tables import Origin


def test_it_is_of_the_version_of_every_other_and_sets_nothing(tmp_path: Path) -> None:
    usual, _ = evaluated(tmp_path, known_gallery(2, 2))
    result = nobody(Origin("a-model", "f" * 32), "mean", True, 0.01)
    assert result.version == usual.version
    result.write(tmp_path / "evaluation.json")
    read = Evaluation.read(tmp_path / "evaluation.json")
    assert (read.threshold, read.calibration) == (None, None)
    whole = Result.read(tmp_path / "evaluation.json")
    assert whole == result
    assert (whole.gallery.people, whole.used_threshold, whole.operating) == (0, None, [])
