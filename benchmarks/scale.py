"""What the workflow costs beside the models: full run, nothing to do, one image added or removed.

    python benchmarks/scale.py --images 1000 10000 100000 --shards 1 4 16 --cost 30

The images are made up (a hundred bytes each) and the model is a stub of known cost. Each run is a
fresh `snakemake`; peak memory is that of its largest process. Of planning alone: parsing.py.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
from parts.running import made_up_sets, make_images, snakemake, stand_in
from PIL import Image
from visage.workflow.provenance import times

TARGETS = ("results/images.tsv", "results/gallery/face.json")


def measure(images: Path, number: int, shards: int, cores: int, cost: float) -> list[dict]:
    """Measure the four kinds of runs on one number of images and shards, `cost` seconds each."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gallery").symlink_to(images)
        make_images(folder / "queries", 1)
        path = stand_in(folder, cost)
        added = images / "person000" / "added.png"

        def run(kind: str) -> None:
            options = ("--cores", str(cores), *TARGETS, *made_up_sets(shards))
            seconds, peak = snakemake(folder, *options, path=path)
            # An embed job runs on one core, so fewer shards than cores leave some idle.
            model = cost * number / min(cores, shards) if kind == "full run" else 0.0
            rows.append(
                {
                    "images": number,
                    "shards": shards,
                    "run": kind,
                    "seconds": round(seconds, 1),
                    "model alone": round(model, 1),
                    "times the model": round(seconds / model, 3) if model else None,
                    "ms an image beside the model": round(1000 * (seconds - model) / number, 2),
                    "peak MB": peak,
                }
            )
            print(rows[-1], file=sys.stderr, flush=True)

        run("full run")
        rows[-1]["slowest stages"] = slowest(folder / "results/benchmarks")
        run("nothing to do")
        Image.new("RGB", (33, 33), "teal").save(added)
        run("one added")
        added.unlink()
        run("one removed")
    return rows


def slowest(benchmarks: Path) -> str:
    """Name the three stages with the most seconds in all their jobs, from Snakemake's own times."""
    stages = sorted(times(benchmarks).items(), key=lambda item: -item[1]["seconds"])
    return ", ".join(f"{name} {spent['seconds']:.1f} s" for name, spent in stages[:3])


def main() -> None:
    """Measure every combination and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--cost", type=float, default=30, help="of the model, ms an image and core")
    parser.add_argument("--folder", type=Path, help="where the made-up images go, and stay")
    arguments = parser.parse_args()
    home = arguments.folder or Path(tempfile.mkdtemp())
    rows = []
    for number in arguments.images:
        images = home / str(number)
        if not images.is_dir():
            make_images(images, number)
        for shards in arguments.shards:
            rows += measure(images, number, shards, arguments.cores, arguments.cost / 1000)
    if not arguments.folder:
        shutil.rmtree(home)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
