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
        self._command = [sys.executable, "-m", "snakemake", "--snakefile", str(SNAKEFILE)]
        self._command += ["--cores", str(cores or os.cpu_count() or 1)]
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._code: int | None = None  # of the last run
        self._lines: deque[str] = deque(maxlen=LAST)
        self._steps = (0, 0)

    def start(self, *before: str) -> None:
        """Start a run.

        Args:
            before: Rules to be run first, by themselves, as those that fetch something.

        Raises:
            Problem: 409 one is at work; 503 the workflow is not here.
        """
        if not SNAKEFILE.is_file():
            raise Problem(503, f"The workflow is not here: {SNAKEFILE} is missing.")
        with self._lock:
            if self._at_work():
                raise Problem(409, "The workflow is running already.")
            self._lines.clear()
            self._steps, self._code = (0, 0), None
            log.info("running the workflow")
            work = [[rule] for rule in before] + [[]]
            self._thread = threading.Thread(target=self._work, args=(work,), daemon=True)
            self._thread.start()

    def _at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _work(self, runs: list[list[str]]) -> None:
        """Run the workflow for each list of targets, until one fails."""
        # The folder of the page's uploads: private, and gone with the page.
        handle, name = tempfile.mkstemp(suffix=".yaml")
        code = 1
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                yaml.safe_dump(self._config.as_data(), file)
            code = 0
            for targets in runs:
                code = code or self._run([*self._command, *targets, "--configfile", name])
        finally:
            Path(name).unlink(missing_ok=True)
            self._code = code
        log.info("the workflow ended with status %d", code)

    def _run(self, command: list[str]) -> int:
        """Run one command to its end, and keep what it says."""
        self._steps = (0, 0)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as self._process:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                if found := _STEPS.search(line):
                    self._steps = int(found[1]), int(found[2])
                if line.strip():
                    self._lines.append(line.rstrip())
        return self._process.returncode

    def state(self) -> dict[str, Any]:
        """Tell how far the run is: whether one is at work, steps, and how the last one ended."""
        running, code = self._at_work(), self._code
        return {
            "running": running,
            "failed": not running and bool(code),
            "ended": not running and code is not None,
            "done": self._steps[0],
            "total": self._steps[1],
            "last": list(self._lines) if code and not running else [],
        }

    def stop(self) -> None:
        """End the run with the page; Snakemake lets what is at work come to its end."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
