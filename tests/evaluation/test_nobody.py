"""The evaluation of a gallery in which there is nobody yet."""

from pathlib import Path

from made_up_gallery import evaluated, known_gallery
from visage.evaluation.evaluate import write_evaluation
from visage.evaluation.nobody import nobody
from visage.search.calibration import read_evaluation
from visage.store.tables import Origin


def test_it_has_the_keys_of_every_other_and_sets_nothing(tmp_path: Path) -> None:
    usual, _ = evaluated(tmp_path, known_gallery(2, 2))
    result = nobody(Origin("a-model", "f" * 32), "mean", True, 0.01)
    assert result.keys() == usual.keys()
    assert result["gallery"].keys() == usual["gallery"].keys()
    assert result["version"] == usual["version"]
    write_evaluation(tmp_path / "evaluation.json", result)
    read = read_evaluation(tmp_path / "evaluation.json")
    assert (read.threshold, read.calibration) == (None, None)
