"""Runs of the workflow in a fresh process, with how long they took and the memory they needed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]

# Run by a process of its own, which knows the peak of its children alone.
_WATCHED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
if done.returncode:
    sys.exit(done.stdout + done.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""

# Read by every Python process at its start, since PYTHONPATH names its folder: the embed job's
# `load_model` becomes the stub's, and its weights need not be there.
_SITE = """
import sys
if any("embed_shard" in argument for argument in sys.argv):
    from parts import stub
    import visage.models.model
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


def stand_in(folder: Path, cost: float) -> tuple[Path, Path]:
    """Put parts/stub.py in the place of the model, in runs within a folder.

    Args:
        folder: Where they run.
        cost: Of the stub, seconds of one core an image.

    Returns:
        What comes first on the module path of these runs.
    """
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_SITE.format(cost=cost))
    return site, ROOT / "benchmarks"


def made_up_sets(shards: int) -> tuple[str, ...]:
    """Give the config, which comes last, of runs on the folders `gallery` and `queries`."""
    return "--config", "gallery=gallery", "queries=queries", f"shards={shards}", "names=null"


def snakemake(
    folder: Path, *words: str, path: tuple[Path, ...] = (), snakefile: Path = ROOT / "Snakefile"
) -> tuple[float, int]:
    """Run Snakemake in a folder; end this program with what it printed, should it fail.

    Args:
        folder: Where it runs.
        words: Its targets and options.
        path: What comes first on the module path of all its processes.
        snakefile: This workflow's, or another one.

    Returns:
        Wall seconds, and the peak memory of its largest process in MB.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), *words]
    places = [*map(str, path), *filter(None, [os.environ.get("PYTHONPATH")])]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start, int(done.stdout)
