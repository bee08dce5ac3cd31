"""How far an embed job is: in a small file for whoever shows the run, and in its log."""

import json
import logging
import time
from pathlib import Path

from visage.store.files import write_text

log = logging.getLogger(__name__)

TOLD_SECONDS = 1.0
LOG_SECONDS = 60.0


class Progress:
    """The progress of one job, used as a context manager."""

    def __init__(self, folder: Path, name: str, total: int) -> None:
        """Count up to `total` images under `name`."""
        self._path = folder / f"{name}.json"
        self._total = total
        self._done = 0
        self._start = self._told = self._logged = time.time()

    def __enter__(self) -> "Progress":
        """Say that this job has begun."""
        self._tell()
        return self

    def step(self) -> None:
        """Count one image."""
        self._done += 1
        now = time.time()
        if now - self._told >= TOLD_SECONDS:
            self._told = now
            self._tell()
        if now - self._logged >= LOG_SECONDS:
            self._logged = now
            self._log()

    def more(self, number: int) -> None:
        """Have so many images more than was known at first."""
        self._total += number

    def __exit__(self, *_: object) -> None:
        """Say nothing any more."""
        self._log()
        self._path.unlink(missing_ok=True)

    def _tell(self) -> None:
        write_text(self._path, json.dumps({"done": self._done, "total": self._total}))

    def _log(self) -> None:
        speed = self._done / max(time.time() - self._start, 1e-9)
        log.info("%d/%d images, %.2f/s", self._done, self._total, speed)
