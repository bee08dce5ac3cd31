"""How long the report takes, how much it is, and how soon it opens.

    python benchmarks/report.py --photographs 1000 5000 --images ../shared/faces/pairs

The queries are the photographs of `--images`, each many times, in another brightness so that no
two are the same picture; the gallery is the demo's. The whole workflow runs; seconds and peak
memory are those that Snakemake took down for the report's own job.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import pandas as pd
from browser import chromium
from PIL import Image, ImageEnhance
from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from visage.sets.listing import list_entries  # noqa: E402

LONGEST = 800  # pixels of a photograph's longer side
DARKEST = 0.6  # of its brightness


def write_queries(folder: Path, images: Path, number: int) -> None:
    """Write `number` different photographs, a hundred to a folder."""
    files = [images / entry.image for entry in list_entries(images, import_vectors=False)]
    for index, file in enumerate(islice(cycle(files), number)):
        path = folder / f"{index // 100:04d}" / f"{index:07d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(file) as photograph:
            small = photograph.convert("RGB")
        small.thumbnail((LONGEST, LONGEST))
        ImageEnhance.Brightness(small).enhance(1 - (1 - DARKEST) * index / number).save(path)


def run(folder: Path) -> None:
    """Run the workflow in `folder`, with the demo's gallery."""
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
        *("--cores", str(os.cpu_count()), "results/report.html", "--config"),
        *(f"gallery={ROOT / 'resources/demo/gallery'}", "queries=queries", "names=null"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)


def opening(browser: Browser, path: Path) -> float:
    """Give the seconds until a page is loaded."""
    page = browser.new_page()
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="load")
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def measure(images: Path, number: int) -> dict:
    """Build the report of `number` photographs and open it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_queries(folder / "queries", images, number)
        run(folder)
        results = folder / "results"
        tables = [pd.read_parquet(path) for path in (results / "queries/tables").glob("*.parquet")]
        spent = pd.read_csv(results / "benchmarks/build_report.tsv", sep="\t").iloc[0]
        pages = [results / "report.html", *sorted((results / "report").glob("*.html"))]
        files = [pages[0], *(path for path in (results / "report").rglob("*") if path.is_file())]
        row = {
            "photographs": number,
            "faces": sum(int((table["status"] == "ok").sum()) for table in tables),
            "seconds": round(float(spent["s"]), 1),
            "peak MB": round(spent["max_rss"]),
            "MB on disk": round(sum(path.stat().st_size for path in set(files)) / 1e6, 1),
        }
        with chromium() as browser:
            if browser:
                opening(browser, pages[0])  # the browser's own start
                row["opens in, s"] = round(opening(browser, pages[0]), 1)
                row["its last page in, s"] = round(opening(browser, pages[-1]), 1)
        print(row, file=sys.stderr, flush=True)
        return row


def main() -> None:
    """Measure each number of photographs and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--images", type=Path, default=ROOT / "resources/demo/queries")
    arguments = parser.parse_args()
    rows = [measure(arguments.images, number) for number in arguments.photographs]
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
