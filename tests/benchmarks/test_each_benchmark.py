"""A benchmark is a file with a main, and a test runs that main."""

from pathlib import Path

import pytest
from conftest import REPO

BENCHMARKS = sorted((REPO / "benchmarks").glob("*.py"))
TESTS = "\n".join(path.read_text() for path in sorted(Path(__file__).parent.glob("test_*.py")))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_its_main_is_run_by_a_test(path: Path) -> None:
    text = path.read_text()
    assert '\nif __name__ == "__main__":\n    main()\n' in text
    assert f"python benchmarks/{path.name}" in text, "says how it is called"
    assert f'run("{path.stem}"' in TESTS or f"\n    {path.stem}.main()\n" in TESTS
