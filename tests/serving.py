"""The look-up page, served for tests by a process of its own, as a user starts it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TOKEN = "correct-horse-battery-staple"
REPO = Path(__file__).parent.parent
PATIENCE = 120  # seconds for the start; the machine may be busy


class Listener:
    """A server of the test's own that counts who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()


@dataclass(frozen=True)
class Served:
    """A running page."""

    url: str
    folder: Path  # where it was started
    temporary: Path  # its TMPDIR
    pid: int

    @property
    def entrance(self) -> str:
        """The address that a browser is opened with."""
        return f"{self.url}/?token={TOKEN}"

    def client(self) -> httpx.Client:
        """Give a program that knows the token."""
        known = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60, headers=known)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "visage", "page", *arguments]


@contextmanager
def served(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """Serve the results in `folder`; the page is ended as a user does, with Ctrl+C."""
    port, own = free_port(), Path(tempfile.mkdtemp(prefix="served-"))
    temporary, log = own / "tmp", own / "page.log"
    temporary.mkdir()
    with log.open("w") as file:
        process = subprocess.Popen(
            command("--port", str(port), *arguments),
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ
            | {"PYTHONPATH": str(REPO / "scripts"), "TMPDIR": str(temporary)}
            | {"VISAGE_TOKEN": TOKEN}
            | environment,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/status", process, log)
        yield Served(url, folder, temporary, process.pid)
    finally:
        process.send_signal(2)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert "Traceback" not in log.read_text(), log.read_text()
        assert not any(path.is_file() for path in temporary.rglob("*"))
        shutil.rmtree(own)


def _await(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the page did not start: {log.read_text()}")


def chromium() -> str | None:
    """Give the path of an installed Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


# Without these it asks its maker's servers about updates and the like.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
