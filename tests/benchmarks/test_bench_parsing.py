"""benchmarks/parsing.py: its main once, at its smallest size."""

from benchmark import run


def test_dry_runs_are_measured() -> None:
    printed = run("parsing", "--images", "20", "--rounds", "1")
    assert [line.split()[:2] for line in printed.splitlines()] == [
        ["set", "seconds"],
        ["Snakemake", "alone"],
        ["the", "demo"],
        ["20", "images"],
    ]
