"""How long the look-up page takes, with a synthetic gallery.

    PYTHONPATH=.:scripts python benchmarks/lookup.py [--faces N]

A gallery of made-up faces (five to a person) is written with the model's fingerprint, the page is
started over it as `make app` does, and one photograph is sent to it again and again: one search
after another, then two at a time. The time is that of a client: from the first byte sent to the
last received.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import yaml
from browser import chromium
from made_up import write_faces
from visage.app.settings import make_lookup, read_config

REPO = Path(__file__).parent.parent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=20)
    parser.add_argument("--photograph", type=Path, help="the demo's known/portrait.jpg otherwise")
    options = parser.parse_args()
    photograph = options.photograph or REPO / "resources/demo/queries/known/portrait.jpg"
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.faces, options.searches, photograph)


def measure(folder: Path, faces: int, searches: int, photograph: Path) -> None:
    (folder / "gallery").mkdir()
    settings = {"gallery": str(folder / "gallery"), "results": str(folder / "results")}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings | {"names": None}))
    lookup = make_lookup(read_config([config], None))
    dimension = yaml.safe_load((REPO / "config/models.yaml").read_text())["models"][
        lookup.origin.model
    ]["dimension"]
    write_faces(lookup.faces, "person", faces, dimension, lookup.origin)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "visage", "page", "--port", str(port), "--per-minute", "0"]
    start = time.perf_counter()
    page = subprocess.Popen([*command, "--configfile", str(config)], stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            report(client, start, page, searches, photograph.read_bytes())
        in_a_browser(f"http://127.0.0.1:{port}", photograph, 5)
    finally:
        page.terminate()
        page.wait()


def report(
    client: httpx.Client, start: float, page: subprocess.Popen, searches: int, data: bytes
) -> None:
    while page.poll() is None:
        try:
            status = client.get("/status").json()
            break
        except httpx.TransportError:
            time.sleep(0.05)
    print(
        f"gallery: {status['faces']:,} faces of {status['people']:,} people; {os.cpu_count()} cores"
    )
    print(f"start until the page answers: {time.perf_counter() - start:.1f} s")

    def ask() -> float:
        begin = time.perf_counter()
        client.post("/search", files={"image": ("a", data)}, timeout=60).raise_for_status()
        return time.perf_counter() - begin

    print(f"first search: {1000 * ask():.0f} ms")
    summary("one after another", [ask() for _ in range(searches)])
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(ask) for _ in range(searches)]
        summary("two people at once", [one.result() for one in waiting])


def in_a_browser(url: str, photograph: Path, searches: int) -> None:
    """Time the page itself: from the choice of a file to the names on the screen."""
    with chromium() as browser:
        if browser is None:
            return
        times = []
        for _ in range(searches):
            page = browser.new_page()
            page.goto(url)
            page.locator(".look-gallery:not(:empty)").wait_for()
            begin = time.perf_counter()
            page.set_input_files(".look-drop input", photograph)
            page.locator(".look-face").first.wait_for()
            times.append(time.perf_counter() - begin)
            page.close()
    summary("in a browser, each on a fresh page", times)


def summary(what: str, times: list[float]) -> None:
    middle, worst = statistics.median(times), max(times)
    print(f"{what}: median {1000 * middle:.0f} ms, slowest of {len(times)} {1000 * worst:.0f} ms")


if __name__ == "__main__":
    main()
