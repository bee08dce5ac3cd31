"""What the workflow costs beside the models: full run, nothing to do, one image added or removed.

    python benchmarks/scale.py --images 1000 10000 100000 --shards 1 4 16 --cost 30
    python benchmarks/scale.py --plan --images 1000000 --shards 400

The images are made up (a hundred bytes each) and the model is a stub of known cost. Each run is a
fresh `snakemake`; peak memory is that of its largest process. With --plan the images are only
listed and the jobs planned (a dry run), twice: the first time the manifests are written.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from PIL import Image
from visage.workflow.provenance import times

ROOT = Path(__file__).parent.parent

# Read by every Python process at its start, since PYTHONPATH names its folder: the embed job's
# `load_model` becomes the stub's, and its weights need not be there.
SITE = """
import sys
if any("embed_shard" in argument for argument in sys.argv):
    import stub, visage.models.model
    stub.COST = {cost}
    visage.models.model.load_model = stub.load_model
    visage.models.model.verify_model = lambda *_: None
"""


def make_images(folder: Path, number: int) -> None:
    """Write `number` different little PNGs into a hundred folders."""
    for index in range(number):
        path = folder / f"person{index % 100:03}" / f"{index:07}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        colour = (index % 256, index // 256 % 256, index // 65536)
        Image.new("RGB", (32, 32), colour).save(path)


def make_names(folder: Path, number: int) -> None:
    """Make `number` empty files with the names of images, a thousand to a folder."""
    for index in range(number):
        path = folder / f"person{index // 1000:04}" / f"{index:07}.png"
        if index % 1000 == 0:
            path.parent.mkdir(parents=True)
        path.touch()


IMAGES = ("results/images.tsv", "results/gallery/face.json")


def snakemake(
    folder: Path, shards: int, *options: str, targets: Sequence[str] = IMAGES
) -> tuple[float, int]:
    """Run the workflow up to `targets`; give wall seconds and peak MB."""
    code = (
        "import resource, subprocess, sys;"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
        "sys.exit(done.stdout + done.stderr) if done.returncode else None;"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    command = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
        *(*options, *targets, "--config"),
        *("gallery=gallery", "queries=queries", f"shards={shards}", "names=null"),
    ]
    # The stand-in for the model first; then what this process was given.
    paths = [str(folder / "site"), str(ROOT / "benchmarks")]
    paths += filter(None, [os.environ.get("PYTHONPATH")])
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start, int(done.stdout)


def measure(images: Path, number: int, shards: int, cores: int, cost: float) -> list[dict]:
    """Measure the four kinds of runs on one number of images and shards, `cost` seconds each."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gallery").symlink_to(images)
        make_images(folder / "queries", 1)
        (folder / "site").mkdir()
        (folder / "site/sitecustomize.py").write_text(SITE.format(cost=cost))
        added = images / "person000" / "added.png"

        def run(kind: str) -> None:
            seconds, peak = snakemake(folder, shards, "--cores", str(cores))
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


def plan(images: Path, number: int, shards: int) -> list[dict]:
    """Measure a dry run over images that were never seen, and a second one."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "gallery").symlink_to(images)
        make_images(folder / "queries", 1)
        for run in ("first dry run", "second dry run"):
            seconds, peak = snakemake(folder, shards, "--dry-run")
            rows.append(
                {"images": number, "shards": shards, "run": run}
                | {"seconds": round(seconds, 1), "peak MB": peak}
            )
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
    parser.add_argument("--plan", action="store_true", help="only list the images and plan")
    parser.add_argument("--folder", type=Path, help="where the made-up images go, and stay")
    arguments = parser.parse_args()
    home = arguments.folder or Path(tempfile.mkdtemp())
    rows = []
    for number in arguments.images:
        images = home / f"{number}{'-names' if arguments.plan else ''}"
        if not images.is_dir():
            (make_names if arguments.plan else make_images)(images, number)
        for shards in arguments.shards:
            if arguments.plan:
                rows += plan(images, number, shards)
            else:
                rows += measure(images, number, shards, arguments.cores, arguments.cost / 1000)
    if not arguments.folder:
        shutil.rmtree(home)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
