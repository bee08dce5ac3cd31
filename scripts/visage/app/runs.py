"""The workflow, run from the page: one run at a time, with its progress."""

import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import Any

import yaml

from visage.app.problem import Problem
from visage.config import Config
from visage.resources import SNAKEFILE

log = logging.getLogger(__name__)

_STEPS = re.compile(r"(\d+) of (\d+) steps")
LAST = 40  # lines of what the run says that are kept


class Runs:
    """Runs the workflow with the page's own config, from the folder the page was started in."""

    def __init__(self, config: Config, cores: int | None = None) -> None:
        """Run nothing yet."""
        self._config = config
        self._cores = cores or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._lines: deque[str] = deque(maxlen=LAST)
        self._steps = (0, 0)

    def start(self) -> None:
        """Start a run.

        Raises:
            Problem: 409 one is at work; 503 the workflow is not here.
        """
        if not SNAKEFILE.is_file():
            raise Problem(503, f"The workflow is not here: {SNAKEFILE} is missing.")
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                raise Problem(409, "The workflow is running already.")
            self._lines.clear()
            self._steps = (0, 0)
            # The folder of the page's uploads: private, and gone with the page.
            handle, name = tempfile.mkstemp(suffix=".yaml")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                yaml.safe_dump(self._config.as_data(), file)
            command = [sys.executable, "-m", "snakemake", "--snakefile", str(SNAKEFILE)]
            command += ["--cores", str(self._cores), "--configfile", name]
            log.info("running the workflow")
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            threading.Thread(
                target=self._follow, args=(self._process, Path(name)), daemon=True
            ).start()

    def _follow(self, process: subprocess.Popen, config: Path) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if found := _STEPS.search(line):
                self._steps = int(found[1]), int(found[2])
            if line.strip():
                self._lines.append(line.rstrip())
        process.wait()
        config.unlink(missing_ok=True)
        log.info("the workflow ended with status %d", process.returncode)

    def state(self) -> dict[str, Any]:
        """Tell how far the run is: whether one is at work, steps, and how the last one ended."""
        process = self._process
        code = process.poll() if process else None
        return {
            "running": process is not None and code is None,
            "failed": bool(code),
            "ended": code is not None,
            "done": self._steps[0],
            "total": self._steps[1],
            "last": list(self._lines) if code else [],
        }

    def stop(self) -> None:
        """End the run with the page; Snakemake lets what is at work come to its end."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
