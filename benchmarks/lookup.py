"""How long look-up and review take, with a synthetic gallery and a synthetic queue.

    python benchmarks/lookup.py [--faces N]

A gallery of made-up faces (five to a person) is written with the model's fingerprint, the page is
started over it as `make app` does, and one photograph is sent to it again and again: one search
after another, then two at a time. Then as many faces of queries, a tenth of them in doubt, are
reviewed: what comes next, and what is said of it. The time is that of a client: from the first byte
sent to the last received.
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
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import yaml
from parts.browser import chromium
from parts.made_up import EACH, write_faces
from visage.app.settings import make_lookup, read_config
from visage.layout import Results
from visage.models.registry import load_registry
from visage.resources import MODELS
from visage.search.match import MATCHES
from visage.store.tables import Origin, write_table

TOKEN = "a-token-of-the-benchmark"
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
    settings = {name: str(folder / name) for name in ("gallery", "queries", "results")}
    for name in ("gallery", "queries"):
        (folder / name).mkdir()
    config = folder / "config.yaml"
    labels = {"names": None, "labels": str(folder / "labels.tsv"), "shards": 1}
    config.write_text(yaml.safe_dump(settings | labels))
    lookup = make_lookup(read_config([config]))
    dimension = load_registry(MODELS).model(lookup.origin.model).dimension
    write_faces(lookup.faces, "person", faces, dimension, lookup.origin)
    results = Results(folder / "results")
    write_faces(results.queries.table(0), "group", faces, dimension, lookup.origin)
    write_matches(results.queries.match(0), faces, lookup.origin)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "visage", "page", "--port", str(port), "--per-minute", "0"]
    command += ["--configfile", str(config)]
    start = time.perf_counter()
    known = os.environ | {"VISAGE_TOKEN": TOKEN}
    page = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=known)
    url, header = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {TOKEN}"}
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=60, headers=header) as client:
            report(client, start, page, searches, photograph.read_bytes())
            review(client, searches)
        in_a_browser(f"{url}/?token={TOKEN}", photograph, min(5, searches))
    finally:
        page.terminate()
        page.wait()


def write_matches(path: Path, faces: int, origin: Origin) -> None:
    """Write three candidates a face; every tenth is in doubt."""
    random = np.random.default_rng(3)
    best = np.where(np.arange(faces) % 10, 0.4, 1.0 + 0.3 * random.random(faces))
    person = np.arange(faces) // EACH
    columns: dict[str, Any] = {
        "image": [f"{one:06d}/{item:07d}.jpg" for item, one in enumerate(person)] * 3,
        "face": np.zeros(3 * faces, np.int16),
        "rank": np.repeat([1, 2, 3], faces),
        "id": [f"{(one + rank) % (person[-1] + 1):06d}" for rank in range(3) for one in person],
        "name": [""] * 3 * faces,
        "distance": np.concatenate([best, best + 0.2, best + 0.4]),
        "nearest": [""] * 3 * faces,
        "nearest_face": np.zeros(3 * faces, np.int16),
        "verdict": ["match"] * faces + ["possible"] * 2 * faces,
    }
    empty = pa.nulls(3 * faces)
    table = pa.table({name: columns.get(name, empty) for name in MATCHES.names})
    write_table(path, table.cast(MATCHES), origin)


def review(client: httpx.Client, answers: int) -> None:
    """Go through the queue."""
    begin = time.perf_counter()
    item = client.get("/review/next").json()["item"]
    print(f"review: {item['of']:,} in doubt; the first after {time.perf_counter() - begin:.1f} s")
    shown, said = [], []
    for number in range(answers):
        begin = time.perf_counter()
        sent = {"key": item["key"], "say": "is", "person": "000001", "seen": item["seen"]}
        if number % 2:
            client.post("/review/say", json=sent).raise_for_status()
            said.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        item = client.get("/review/next", params={"after": item["key"]}).json()["item"]
        shown.append(time.perf_counter() - begin)
    summary("the next face to review", shown)
    summary("an answer written", said)


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
            page.locator("#gallery:not(:empty)").wait_for()
            begin = time.perf_counter()
            page.set_input_files("#files", photograph)
            page.locator(".person-face").first.wait_for()
            times.append(time.perf_counter() - begin)
            page.close()
    summary("in a browser, each on a fresh page", times)


def summary(what: str, times: list[float]) -> None:
    middle, worst = statistics.median(times), max(times)
    print(f"{what}: median {1000 * middle:.0f} ms, slowest of {len(times)} {1000 * worst:.0f} ms")


if __name__ == "__main__":
    main()
