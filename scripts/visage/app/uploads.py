"""Photographs that Gradio's clients upload before they ask: held for moments, then gone.

Gradio hands files over by path. Here each upload gets a folder of its own below a private one, in
memory where the system has a place for that (/dev/shm); it is deleted when it is read, or after
two minutes, or when the page ends. Only paths that were given out here are ever opened.
"""

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path

LIFETIME = 120  # seconds
MOST = 32  # uploads that wait at a time
PREFIX = "visage-page-"


class TooManyUploads(Exception):
    """More photographs were uploaded than asked about."""


class Uploads:
    """The private folder."""

    def __init__(self, lifetime: float = LIFETIME) -> None:
        """Make the folder; those of pages that were killed are removed."""
        memory = Path("/dev/shm")
        parent = memory if os.access(memory, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
        _remove_abandoned(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
        self._lifetime = lifetime
        self._waiting: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()
        atexit.register(self.close)

    def add(self, data: bytes) -> str:
        """Keep an upload until it is read; give its path.

        Raises:
            TooManyUploads: As many as there may be wait already.
        """
        with self._lock:
            if len(self._waiting) >= MOST:
                raise TooManyUploads
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        path = folder / "photograph"
        path.write_bytes(data)
        timer = threading.Timer(self._lifetime, self._forget, [str(path)])
        timer.daemon = True
        with self._lock:
            self._waiting[str(path)] = timer
        timer.start()
        return str(path)

    def __contains__(self, path: object) -> bool:
        """Tell whether `path` is that of an upload that waits to be read."""
        with self._lock:
            return path in self._waiting

    def take(self, path: str) -> bytes:
        """Read an upload and delete it.

        Raises:
            KeyError: It is not one that was given out here, or it is gone.
        """
        with self._lock:
            self._waiting.pop(path).cancel()
        data = Path(path).read_bytes()
        shutil.rmtree(Path(path).parent, ignore_errors=True)
        return data

    def _forget(self, path: str) -> None:
        with self._lock:
            if self._waiting.pop(path, None) is None:
                return
        shutil.rmtree(Path(path).parent, ignore_errors=True)

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            for timer in self._waiting.values():
                timer.cancel()
            self._waiting.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of processes that are no more."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
