"""benchmarks/frontier.py: at its smallest size, on real photographs where they are."""

import re
import sys
from pathlib import Path

import frontier
import pandas as pd
import pytest
from conftest import REPO
from visage.models.registry import load_registry

MODELS = [step.name for step in frontier.STEPS]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, shared_faces: Path) -> Path:
    """Six people of LFW with three photographs each."""
    folder = tmp_path_factory.mktemp("lfw") / "people"
    several = [one for one in sorted((shared_faces / "lfw/people").iterdir()) if len(_of(one)) > 2]
    for source in several[:6]:
        target = folder / source.name
        target.mkdir(parents=True)
        for path in _of(source)[:3]:
            (target / path.name).symlink_to(path)
    return folder


def _of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jpg"))


def test_table_and_plot_are_written(
    people: Path, shared_faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = load_registry(REPO / "config/models.yaml").model("sface-yunet")
    if not all((REPO / "weights" / file).exists() for file in entry.files):
        pytest.skip("the weights are not here yet; the demo fetches them")
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    (photographs / "one.jpg").symlink_to(next((shared_faces / "pairs").glob("*.jpg")))
    page, plot = tmp_path / "models.md", tmp_path / "frontier.svg"
    page.write_text((REPO / "docs/models.md").read_text())
    words = [str(people), "--photographs", str(photographs), "--rounds", "1"]
    words += ["--docs", str(page), "--plot", str(plot), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["frontier.py", *words])
    # So few photographs set no threshold for one percent.
    monkeypatch.setattr(frontier, "RATE", "FNIR at FPIR 10 %")
    frontier.main()
    frame = pd.read_csv(tmp_path / "out/frontier.tsv", sep="\t")
    assert frame["model"].tolist() == MODELS
    assert (frame["rank 1"] == 1).all()
    assert (frame[frontier.TIME] > 0).all()
    # A centre is taken off what is there already: no further time is counted for it.
    assert frame[frontier.TIME][1] == frame[frontier.TIME][0]
    moved = pd.read_parquet(tmp_path / "out/and a centre/lfw0-people/centred.parquet")
    assert moved["embedding"].map(lambda vector: (vector**2).sum()).tolist() == pytest.approx(
        [1.0] * len(moved), abs=1e-5
    )
    assert re.search(r"<!-- table frontier -->\n\| model \|", page.read_text())
    assert all(f">{name}<" in plot.read_text() for name in MODELS)
