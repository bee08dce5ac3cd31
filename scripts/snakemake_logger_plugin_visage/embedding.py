"""How far the embed jobs are together: `embedding ▇▇▇▁▁ 148/266 · 2.3/s · 51 s left`."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

_PER_SECOND = 4  # times the line is drawn


@dataclass
class _Shard:
    """An embed job: how many images it has, and where it says how many are done."""

    total: int
    state: Path
    finished: bool = False

    def done(self) -> int:
        """Count the images that are done."""
        if self.finished:
            return self.total
        try:
            return int(json.loads(self.state.read_text())["done"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0  # it has not begun yet


class Embedding:
    """The line; there is none where there is no terminal."""

    def __init__(self, console: Console) -> None:
        """Draw nothing yet."""
        self._console = console
        self._live: Live | None = None
        self._shards: dict[Path, _Shard] = {}
        self._waiting: dict[Path, int] = {}  # manifest → images of jobs that are still to come
        self._start = 0.0

    def plan(self, results: Sequence[Path], jobs: int) -> None:
        """Count the images of the jobs to come: all, or those whose manifest has changed."""
        known = [path for root in results for path in root.glob("*/manifests/*.jsonl")]
        coming = known if len(known) == jobs else [path for path in known if _is_stale(path)]
        self._waiting = {path: _count(path) for path in coming} if jobs else {}

    def begin(self, manifest: Path) -> None:
        """Take note of a job."""
        total = self._waiting.pop(manifest, None) or _count(manifest)
        results, name = manifest.parents[2], manifest.parents[1].name
        state = results / "cache" / "progress" / f"{name} {manifest.stem}.json"
        self._shards[manifest] = _Shard(total, state)
        if self._live is None and self._console.is_terminal:
            self._start = time.monotonic()
            self._live = Live(
                self, console=self._console, refresh_per_second=_PER_SECOND, transient=True
            )
            self._live.start()

    def finish(self, manifest: Path) -> None:
        """Take note that a job has ended well."""
        self._shards[manifest].finished = True
        if not self._waiting and all(shard.finished for shard in self._shards.values()):
            self.end()

    def end(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the line."""
        done = sum(shard.done() for shard in self._shards.values())
        total = sum(shard.total for shard in self._shards.values()) + sum(self._waiting.values())
        yield Text(line(done, total, time.monotonic() - self._start, options.max_width))


def line(done: int, total: int, seconds: float, width: int) -> str:
    """Say how many images of how many are done, how fast, and how long the rest takes."""
    speed = done / seconds if seconds > 0 else 0
    words = [f" {done:,}/{total:,}"]
    if speed:
        words += [f"{speed:.1f}/s", f"{_duration((total - done) / speed)} left"]
    numbers = " · ".join(words)
    room = width - len("embedding ") - len(numbers)
    filled = round(room * done / total) if total else 0
    return "embedding " + "▇" * filled + "▁" * (room - filled) + numbers


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _count(manifest: Path) -> int:
    """Count the images of a manifest: a line each, after one of settings."""
    with manifest.open("rb") as file:
        return max(0, sum(1 for _ in file) - 1)


def _is_stale(manifest: Path) -> bool:
    table = manifest.parents[1] / "tables" / f"{manifest.stem}.parquet"
    return not table.exists() or table.stat().st_mtime_ns < manifest.stat().st_mtime_ns
