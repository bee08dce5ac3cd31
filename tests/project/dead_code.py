"""Names that nothing uses; part of `make check`.

vulture reads Python only, so what the rules and the templates of pages name counts as used. Names
that a library asks for stand in pyproject.toml, [tool.vulture].
"""

import re
import sys
import tomllib
from pathlib import Path

from vulture import Vulture

REPO = Path(__file__).parents[2]
PYTHON = ("scripts", "benchmarks", "docs", "envs", "tests")
OTHER = (
    "Snakefile",
    "workflow/Snakefile",
    "rules/*.smk",
    "scripts/visage/**/*.j2",
    "scripts/visage/**/*.html",
)


def unused() -> list[str]:
    """Give a line for each name of the package that occurs only where it is defined."""
    settings = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["vulture"]
    vulture = Vulture(
        ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"]
    )
    vulture.scavenge([str(REPO / folder) for folder in PYTHON])
    other = (path.read_text() for pattern in OTHER for path in REPO.glob(pattern))
    named = set(re.findall(r"\w+", "\n".join(other)))
    return [
        f"{Path(item.filename).relative_to(REPO)}:{item.first_lineno}: {item.message}"
        for item in vulture.get_unused_code(min_confidence=60)
        if item.name not in named and "tests" not in Path(item.filename).parts
    ]


if __name__ == "__main__":
    sys.exit("\n".join(unused()) or None)  # text, even none at all, would be a failure
