"""One run at a time in a folder of results.

Snakemake locks its folder only after the Snakefile is read, which is when this workflow lists the
images and clears away what is stale: a second run would do so under the first one's hands. The
Snakefile imports this module, so it needs the standard library only.
"""

import os
from contextlib import suppress
from pathlib import Path

from visage.errors import VisageError

_held: dict[Path, int] = {}  # file descriptors, open until this process ends


def claim(results: Path) -> None:
    """Take the results folder for this process, until it ends, however it ends.

    Raises:
        VisageError: Another run that is alive has it.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # not a Unix
        return
    path = results.absolute() / ".running"
    if path in _held:
        return
    results.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.pread(handle, 100, 0).decode(errors="replace").strip()
        os.close(handle)
        raise VisageError(
            f"Another run is at work in {results.absolute()} (process {owner or 'unknown'}). Wait "
            "until it has ended, or give this one another folder: --config results=FOLDER"
        ) from error
    except OSError:  # a file system without locks: Snakemake's own has to do
        os.close(handle)
        return
    _held[path] = handle
    with suppress(OSError):  # a full disk: the lock is there without its owner's number
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)


def require_none(results: Path) -> None:
    """Raise unless nobody is at work in the results folder; leave it free.

    Raises:
        VisageError: Another run that is alive has it.
    """
    claim(results)
    handle = _held.pop(results.absolute() / ".running", None)
    if handle is not None:
        os.close(handle)
