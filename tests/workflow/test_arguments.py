from pathlib import Path

import pytest
from conftest import Workflow
from visage.app.settings import read_config
from visage.errors import VisageError
from visage.workflow.arguments import check_files


def test_the_page_reads_pairs_in_the_same_way() -> None:
    pairs = ["gallery=0005", "queries='7'", "names=null", "shards=8", "match={fpir: 0.1}"]
    config = read_config([], None, pairs)
    assert (config.gallery, config.queries, config.names) == ("0005", "7", None)
    assert (config.shards, config.match.fpir) == (8, 0.1)


def test_several_config_files_after_one_option_and_not_after_several(tmp_path: Path) -> None:
    check_files(["snakemake", "--configfile", "a.yaml", "b.yaml"])
    with pytest.raises(VisageError, match=r"keep only the last.*--configfile first"):
        check_files(["snakemake", "--configfile", "a.yaml", "--configfile=b.yaml"])
    (tmp_path / "a.yaml").write_text("shards: 3\nmatch: {results: 4}\n")
    (tmp_path / "b.yaml").write_text("match: {results: 7, neighbours: many}\n")
    printed = Workflow(tmp_path).fail("-n", "--configfile", "a.yaml", "b.yaml")
    assert "neighbours" in printed
    twice = ("--configfile", "a.yaml", "--configfile", "b.yaml")
    assert "keep only the last" in Workflow(tmp_path).fail("-n", *twice)


def test_somebody_called_0005_is_forgotten(tmp_path: Path) -> None:
    """As far as the run asks who that is: there is no gallery."""
    (tmp_path / "people" / "0006").mkdir(parents=True)
    asked = ("forget", "--config", "gallery=people", "queries=people", "person=0005")
    assert "0005" in Workflow(tmp_path).fail(*asked)
