"""benchmarks/unknown.py: its main once, at its smallest sizes."""

from benchmark import run


def test_the_growth_is_measured() -> None:
    first, second = run("unknown", "200", "400").splitlines()
    assert first.startswith("200 faces: ") and "B-cubed 1.000 and 1.000" in first
    assert "compared 1.000 of the near pairs" in second and "exponent" in second
