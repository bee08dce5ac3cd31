"""Somebody else's Snakemake: it has the locked packages, but nothing of this project."""

import subprocess
import sys
from pathlib import Path

from conftest import Workflow

_MAIN = """
import sys
from pathlib import Path
ours = "snakemake_logger_plugin_visage"
sys.path[:] = [path for path in sys.path if not Path(path, ours).exists()]
from snakemake.cli import main
main()
"""


def snakemake(folder: Path, *arguments: str, **environment: str) -> str:
    """Run it and expect success; give what was printed."""
    own = {key: value for key, value in Workflow.environment().items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, "--cores", "2", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=own | environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
