"""How far the embed jobs are: one line on the screen for all that run, one a minute in each log.

Jobs are processes that know nothing of each other. Each leaves a small file that says how far it
is; the one that holds the lock draws the line for all, and another takes over when it ends.
"""

import fcntl
import json
import logging
import shutil
import time
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from visage.store.files import write_text

log = logging.getLogger(__name__)

SCREEN_SECONDS = 1.0
LOG_SECONDS = 60.0


class Progress:
    """The progress of one job, used as a context manager."""

    def __init__(self, folder: Path, name: str, total: int, screen: TextIO | None) -> None:
        """Count up to `total` images under `name`; draw on `screen` if it is a terminal."""
        self._path = folder / f"{name}.json"
        self._total = total
        self._done = 0
        self._screen = screen if screen is not None and screen.isatty() else None
        self._start = self._shown = self._logged = time.time()
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")

    def __enter__(self) -> "Progress":
        """Tell the others that this job has begun."""
        self._tell()
        return self

    def step(self) -> None:
        """Count one image."""
        self._done += 1
        now = time.time()
        if now - self._shown >= SCREEN_SECONDS:
            self._shown = now
            self._tell()
            self._draw()
        if now - self._logged >= LOG_SECONDS:
            self._logged = now
            log.info("%s", meter(self._done, self._total, now - self._start))

    def __exit__(self, *_: object) -> None:
        """Leave the screen and the line to the others."""
        log.info("%s", meter(self._done, self._total, time.time() - self._start))
        self._path.unlink(missing_ok=True)
        self._draw()
        self._lock.close()

    def _tell(self) -> None:
        state = {"done": self._done, "total": self._total, "start": self._start}
        write_text(self._path, json.dumps(state))

    def _draw(self) -> None:
        if self._screen is None:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another job draws
        width = shutil.get_terminal_size().columns - 1
        line = "   ".join(running(self._path.parent))[:width]
        self._screen.write(f"\r{line:<{width}}" + ("" if line else "\r"))
        self._screen.flush()


def running(folder: Path) -> list[str]:
    """Give a few words on each job that has left a file in `folder`."""
    words = []
    for path in sorted(folder.glob("*.json")):
        try:
            state = json.loads(path.read_text())
        except FileNotFoundError:
            continue  # it has just ended
        elapsed = time.time() - state["start"]
        words.append(f"{path.stem} {meter(state['done'], state['total'], elapsed)}")
    return words


def meter(done: int, total: int, elapsed: float) -> str:
    """Say how many images of how many are done, how fast, and how long the rest takes."""
    return tqdm.format_meter(
        done,
        total,
        elapsed,
        unit="images",
        bar_format="{n_fmt}/{total_fmt} images, {rate_fmt}, {remaining} left",
    ).replace("images/s", "/s")
