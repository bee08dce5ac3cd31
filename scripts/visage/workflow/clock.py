"""Results made while a clock was ahead. The Snakefile imports this module."""

import logging
import os
import time
from pathlib import Path

log = logging.getLogger(__name__)

_SKEW = 300 * 10**9  # nanoseconds that the clocks of a cluster may differ
_YEARS = 10 * 365 * 86_400 * 10**9  # nanoseconds; the user's own files are younger than that


def date_back(results: Path) -> None:
    """Give results from the future times in the past, in the order that they had.

    They were made while the clock was ahead. Whatever changes now is older than they are, so
    Snakemake would never see a reason to make them again. Dated back, they are older than the names
    and all that is written now: what depends on the user's own files is made again, and nothing is
    embedded twice.
    """
    folders = ("", "*/", "*/manifests/", "*/notes/", "*/tables/", "*/labels/", "*/matches/")
    files = [path for folder in folders for path in results.glob(f"{folder}[!.]*.*")]
    times = {path: path.stat().st_mtime_ns for path in files if path.is_file()}
    now = time.time_ns()
    newest = max(times.values(), default=now)
    if newest - now < _SKEW:
        return
    log.warning(
        "Results in %s are from the future: the clock of this machine, or of the one that made "
        "them, was wrong. They are dated back.",
        results,
    )
    for path, mtime in times.items():
        then = mtime - newest + now - _YEARS
        os.utime(path, ns=(then, then))
