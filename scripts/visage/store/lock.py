"""One run at a time in a folder of results.

Snakemake locks its folder only after the Snakefile is read, which is when this workflow lists the
images and clears away what is stale: a second run would do so under the first one's hands. The
Snakefile imports this module, so it needs nothing heavy.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from visage.errors import VisageError

# At once or not at all, for the whole process; what a kill leaves behind locks nobody out.
AT_ONCE: dict[str, Any] = {
    "blocking": False,
    "thread_local": False,
    "fallback_to_soft": False,
    "preserve_lock_file": True,
}
_held: dict[Path, FileLock] = {}  # until this process ends


def claim(results: Path) -> None:
    """Take the results folder for this process, until it ends, however it ends.

    Raises:
        VisageError: Another run that is alive has it.
    """
    path, owner = _files(results)
    if path in _held:
        return
    results.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, **AT_ONCE)
    try:
        lock.acquire()
    except Timeout as error:
        raise VisageError(
            f"Another run is at work in {results.absolute()} (process {_read(owner)}). Wait "
            "until it has ended, or give this one another folder: --config results=FOLDER"
        ) from error
    except (NotImplementedError, OSError):  # no locks on this file system: Snakemake's has to do
        return
    _held[path] = lock
    with suppress(OSError):  # a full disk: the lock is there without its owner's number
        owner.write_text(f"{os.getpid()}\n", encoding="ascii")


def require_none(results: Path) -> None:
    """Raise unless nobody is at work in the results folder; leave it free.

    Raises:
        VisageError: Another run that is alive has it.
    """
    claim(results)
    lock = _held.pop(_files(results)[0], None)
    if lock is not None:
        lock.release()


def _files(results: Path) -> tuple[Path, Path]:
    """Give the file that is locked, and the one that says by which process."""
    return results.absolute() / ".running", results.absolute() / ".running-process"


def _read(owner: Path) -> str:
    try:
        return owner.read_text(encoding="ascii").strip() or "unknown"
    except (OSError, UnicodeDecodeError):
        return "unknown"
