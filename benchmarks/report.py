"""How long the report takes, how much it is, and how soon it opens.

    python benchmarks/report.py --photographs 1000 10000 --images ../shared/faces/pairs

The workflow runs once on the photographs of `--images`, with the demo's gallery. They and the rows
of their tables are then multiplied, each copy in another brightness so that no two pictures are the
same, and the report is built from that by a process of its own. Seconds and peak memory are that
process's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import pandas as pd
import psutil
import pyarrow as pa
from parts.browser import chromium
from PIL import Image, ImageEnhance
from playwright.sync_api import Browser, Page
from visage.layout import Results
from visage.store.tables import read_origin, read_table, write_table

ROOT = Path(__file__).parent.parent
DARKEST = 0.6  # of a photograph's brightness
LONGEST = 800  # pixels of its longer side, as the workflow sees it
BUILD = """
import json, sys
from pathlib import Path
from visage.report import Options, Sources, build_report
from visage.search.threshold import Threshold
given = json.loads(sys.argv[1])
paths = {key: [*map(Path, v)] if isinstance(v, list) else Path(v) for key, v in given.items()}
output = paths.pop("output")
found = json.loads(paths["evaluation"].read_text())
threshold = Threshold(found["threshold"], found["summary"])
build_report(Sources(**paths), Options(threshold, ranking="likelihood"), output)
"""


def run(folder: Path, images: Path) -> None:
    """Run the workflow in `folder`, with the demo's gallery."""
    small = folder / "small"
    small.mkdir(parents=True)
    for file in sorted(images.rglob("*")):
        if file.suffix.lower() in (".jpg", ".jpeg", ".png"):
            with Image.open(file) as photograph:
                shrunk = photograph.convert("RGB")
            shrunk.thumbnail((LONGEST, LONGEST))
            shrunk.save(small / f"{file.stem}.jpg")
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
        *("--cores", str(os.cpu_count()), "results/report.html", "--config", "shards=1"),
        *(f"gallery={ROOT / 'resources/demo/gallery'}", "queries=small", "names=null"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def multiply(folder: Path, number: int) -> dict[str, str | list[str]]:
    """Write `number` photographs and their tables; give what the report is built from."""
    results = Results(folder / "results")
    files = sorted((folder / "small").iterdir())
    copies: dict[str, list[str]] = {}
    for index, file in enumerate(islice(cycle(files), number)):
        image = f"{index // 100:04d}/{index:07d}.jpg"
        path = folder / "many" / image
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with Image.open(file) as photograph:
                bright = 1 - (1 - DARKEST) * index / number
                ImageEnhance.Brightness(photograph).enhance(bright).save(path)
        copies.setdefault(file.name, []).append(image)
    tables = {"queries": results.queries.table(0), "matches": results.queries.match(0)}
    for name, table in tables.items():
        rows = read_table(table)
        grown = [
            row | {"image": image, "group": image.split("/")[0]}
            for row in rows.to_pylist()
            for image in copies.get(row["image"], [])
        ]
        write_table(
            folder / f"{name}.parquet", pa.Table.from_pylist(grown, rows.schema), read_origin(table)
        )
    return {
        "gallery_tables": [str(results.gallery.table(0))],
        "query_tables": [str(folder / "queries.parquet")],
        "matches": [str(folder / "matches.parquet")],
        "faces": str(results.faces),
        "scores": str(results.scores),
        "images": str(results.images),
        "audit": str(results.audit),
        "provenance": str(results.provenance),
        "gallery": str(ROOT / "resources/demo/gallery"),
        "queries": str(folder / "many"),
        "evaluation": str(results.evaluation),
        "output": str(folder / f"report-{number}.html"),
    }


def build(given: dict[str, str | list[str]]) -> tuple[float, float]:
    """Build the report; give seconds and the largest memory, MB."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", BUILD, json.dumps(given)])
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.1)
    if process.wait():
        sys.exit("the report could not be built")
    return time.perf_counter() - start, peak / 1e6


def opening(browser: Browser, path: Path) -> tuple[float, float]:
    """Give the seconds until a report shows its photographs, and those that its next page takes."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_selector(".shot img")
    first = time.perf_counter() - start
    page.wait_for_load_state()
    start = time.perf_counter()
    turn(page)
    return first, time.perf_counter() - start


def turn(page: Page) -> None:
    """Go to the second page, where there is one."""
    page.evaluate("location.hash = '#/photographs?page=2'")
    page.wait_for_function("location.hash.endsWith('page=2') && document.querySelector('.shot')")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def measure(folder: Path, number: int) -> dict[str, float]:
    """Build the report of `number` photographs and open it."""
    given = multiply(folder, number)
    seconds, memory = build(given)
    output = Path(str(given["output"]))
    files = [output, *(path for path in output.with_suffix("").rglob("*") if path.is_file())]
    faces = read_table(folder / "queries.parquet", ["status"])["status"].to_pylist().count("ok")
    row = {
        "photographs": number,
        "faces": faces,
        "seconds": round(seconds, 1),
        "peak MB": round(memory),
        "MB on disk": round(sum(path.stat().st_size for path in files) / 1e6, 1),
    }
    with chromium() as browser:
        if browser:
            opening(browser, output)  # the browser's own start
            first, page = opening(browser, output)
            row |= {"opens in, s": round(first, 2), "next page in, s": round(page, 2)}
    print(row, file=sys.stderr, flush=True)
    return row


def main() -> None:
    """Measure each number of photographs and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--images", type=Path, default=ROOT / "resources/demo/queries")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), arguments.images)
        rows = [measure(Path(name), number) for number in arguments.photographs]
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
