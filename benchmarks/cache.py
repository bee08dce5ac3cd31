"""How long a job takes to learn what is known of its images, with more and more known.

    python benchmarks/cache.py [--images 50000 500000] [--shard 2000]

The cache is made up: segments of as many images as a shard has. Asked for are the images of one
segment and one image that nobody knows; the time is that of opening the cache and finding them.
"""

import argparse
import hashlib
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.cache import Cache
from visage.status import Status
from visage.types import Face

ROOT = Path(__file__).parent.parent
ROUNDS = 3


def sha(number: int) -> str:
    """Give the SHA-256 of a made-up image."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def fill(folder: Path, first: int, images: int) -> None:
    """Write one segment."""
    face = Face(0, 0, 50, 50, 0.9, np.zeros((5, 2), np.float32))
    analysed = AnalysedFace(face, 1.0, np.ones(128, np.float32), 1.0)
    cache = Cache(folder, 12.0)
    for number in range(first, first + images):
        cache.add(Analysis(sha(number), Status.OK, "", 100, 100, [analysed]))
    cache.close()


def start(folder: Path, wanted: set[str]) -> float:
    """Time a job's start: seconds."""
    begun = time.perf_counter()
    found = Cache(folder, 12.0).find(wanted)
    seconds = time.perf_counter() - begun
    assert len(found) == len(wanted) - 1, "all but the one that nobody knows"
    return seconds


def main() -> None:
    """Measure each number of known images and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[50_000, 500_000])
    parser.add_argument("--shard", type=int, default=2000, help="images a segment")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        known, wanted = 0, {sha(number) for number in [*range(options.shard), -1]}
        for images in sorted(options.images):
            for first in range(known, images, options.shard):
                fill(Path(name), first, options.shard)
            known = images
            seconds = statistics.median(start(Path(name), wanted) for _ in range(ROUNDS))
            rows.append({"known": images, "ms to find a shard's images": round(1000 * seconds)})
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
