"""Write the lock files of pyproject.toml: exact versions and hashes, no addresses.

One resolution serves both: what `make test` adds never changes what `make scores` installs.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXTRAS = ("tensorflow", "app", "cluster", "test")
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--no-header"),
    *("--python-version", "3.11", "--generate-hashes", "--no-annotate", "pyproject.toml"),
]


def main() -> None:
    """Resolve everything first, then what the main job needs within that."""
    test, scores = HERE / "locks/test.txt", HERE / "locks/scores.txt"
    extras = [argument for extra in EXTRAS for argument in ("--extra", extra)]
    subprocess.run([*COMPILE, *extras, "-o", str(test)], check=True, cwd=HERE.parent)
    subprocess.run([*COMPILE, "-c", str(test), "-o", str(scores)], check=True, cwd=HERE.parent)


if __name__ == "__main__":
    main()
