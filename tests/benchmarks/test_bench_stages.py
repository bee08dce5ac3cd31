"""benchmarks/stages.py and search.py: their mains once, at their smallest size."""

import sys

import pytest
import search
import stages


def test_the_stages_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--faces", "300", "--dimension", "16", "--probes", "50"]
    wanted = ["--stages", "match, likelihood", "evaluate", "audit"]
    monkeypatch.setattr(sys, "argv", ["stages.py", *size, *wanted])
    stages.main()
    printed = capsys.readouterr().out
    for stage in ("index", "match, likelihood", "evaluate", "audit"):
        assert stage in printed


def test_the_searches_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["search.py", "--items", "300"])
    monkeypatch.setattr(search, "WAYS", {name: search.WAYS[name] for name in ("exact", "annoy")})
    search.main()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[1] for row in rows[1:]] == ["exact", "annoy"]
    assert float(rows[1][-1]) == 1.0
