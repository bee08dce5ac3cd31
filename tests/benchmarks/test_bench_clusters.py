"""benchmarks/clusters.py: its main once, on a part of LFW; and B-cubed by hand."""

import shutil
import sys
from pathlib import Path

import clusters
import pandas as pd
import pytest
from conftest import REPO
from visage.models.registry import load_registry

PEOPLE = ["Tony_Blair", "Junichiro_Koizumi", "Jean_Chretien", "Donald_Rumsfeld"]
EACH = 8


def test_b_cubed_by_hand() -> None:
    precision, recall = clusters.b_cubed(pd.Series([*"aaab"]), pd.Series([0, 0, 1, 1]))
    assert precision == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)


def test_people_of_lfw_are_told_apart(
    tmp_path: Path, shared_faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, registry = REPO / "weights", load_registry(REPO / "config" / "models.yaml")
    if not all((weights / file).exists() for file in registry.model("sface-yunet").files):
        pytest.skip("the weights are not here yet; the demo fetches them")
    for person in PEOPLE:
        (tmp_path / "people" / person).mkdir(parents=True)
        for image in sorted((shared_faces / "lfw/people" / person).iterdir())[:EACH]:
            shutil.copy(image, tmp_path / "people" / person)
    words = ["clusters.py", tmp_path / "people", "--out", tmp_path / "out", "--weights", weights]
    errata = ["--errata", shared_faces / "lfw/errata.tsv"]
    monkeypatch.setattr(sys, "argv", [str(word) for word in [*words, *errata]])
    clusters.main()
    measured = pd.read_csv(tmp_path / "out/clusters.tsv", sep="\t")
    (row,) = measured[measured["share"] == 0.85].to_dict("records")
    assert (row["faces"], row["people"], row["clusters"], row["F"]) == (32, 4, 4, 1.0)
    names = pd.read_csv(tmp_path / "out/cluster-names.tsv", sep="\t")
    assert (names["keep their name"] == 1.0).all()
