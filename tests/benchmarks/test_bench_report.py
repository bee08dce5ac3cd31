"""benchmarks/report.py: its main once, at its smallest, in a process of its own."""

import pytest
from benchmark import need_weights, run
from conftest import REPO


@pytest.mark.long
def test_the_report_is_measured() -> None:
    need_weights()
    if not (REPO / "resources/demo/sources.tsv").exists():
        pytest.skip("the demo's photographs are not here yet")
    head, line = run("report", "--photographs", "12").splitlines()[-2:]
    assert "photographs" in head
    assert line.split()[:2] == ["12", "16"]
