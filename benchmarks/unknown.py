"""How the time and the memory of gathering the unknown grow, by made-up faces.

    python benchmarks/unknown.py [10000 30000 100000 300000]
    python benchmarks/unknown.py 1000000

Half of the faces are strangers who are there once, half are people with five photographs. For each
number of faces: what the whole stage takes in a process of its own, how well it tells the people
apart (B-cubed), which share of the near pairs is among those that are compared (1 where all are),
of all pairs and of those of one person, for a sample of the faces; and the exponent of the growth
from the number before.
"""

import argparse
import math
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from clusters import b_cubed
from parts.made_up import EACH, SPREAD
from visage.models.registry import load_registry
from visage.people.cells import EXACT, Everything, compared
from visage.people.clusters import SHARE, How, Written, cluster_unknown, nobodys, refusals
from visage.people.near import near
from visage.people.sums import Sums
from visage.search.faces import unit
from visage.search.neighbours import USUAL_THRESHOLD
from visage.store.faces import FACES
from visage.store.matches import MATCHES
from visage.store.tables import Origin, read_table, write_table
from visage.types import Floats, Indices

ROOT = Path(__file__).parent.parent
PUBLISHED = load_registry(ROOT / "config/models.yaml").model("sface-yunet").threshold.normalized
LIMIT = PUBLISHED or USUAL_THRESHOLD
ORIGIN = Origin("made-up", "0")
SHARD = 50_000  # faces of a table
SAMPLED = 1000  # faces whose near pairs are looked for among all


def main() -> None:
    """Measure each number of faces, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("faces", type=int, nargs="*", default=[10_000, 30_000, 100_000, 300_000])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--stage", type=Path, nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        stage(options.stage[0], options.stage[1:], options.threads)
        return
    before: tuple[int, float] | None = None
    for number in options.faces:
        with tempfile.TemporaryDirectory(prefix="visage-unknown-") as folder:
            spent, line = measured(Path(folder), number, options.threads)
        if before:
            grown = math.log(spent / before[1]) / math.log(number / before[0])
            line += f"; exponent {grown:.2f}"
        print(line, flush=True)
        before = number, spent


def measured(folder: Path, number: int, threads: int) -> tuple[float, str]:
    """Run the stage over so many faces; give its CPU seconds, and what there is to say."""
    own, vectors = made_up(number)
    tables = write(folder, vectors)
    script = [sys.executable, __file__, "--threads", str(threads), "--stage", str(folder)]
    start = time.perf_counter()
    done = subprocess.run([*script, *map(str, tables)], check=True, capture_output=True, text=True)
    wall = time.perf_counter() - start
    spent, peak = map(float, done.stdout.split())
    found = read_table(folder / "clusters.parquet", ["image", "cluster"]).to_pandas()
    named = found.sort_values("image")["cluster"]
    alone = "alone " + found["image"].sort_values()  # whoever is in no cluster is one
    precision, recall = b_cubed(pd.Series(own), named.fillna(alone))
    near_ones, of_people = graph_recall(vectors, own)
    return spent, (
        f"{number} faces: {spent:.1f} CPU s, {wall:.1f} s, {peak / 1e3:.2f} GB; "
        f"B-cubed {precision:.3f} and {recall:.3f}; "
        f"compared {near_ones:.3f} of the near pairs, {of_people:.3f} of one person's"
    )


def made_up(number: int) -> tuple[Indices, Floats]:
    """Give whose face each is, shape (n,), and unit vectors, shape (n, 128)."""
    half = number // 2
    own = np.concatenate([np.arange(half) // EACH, half // EACH + 1 + np.arange(number - half)])
    random = np.random.default_rng(7)
    vectors = random.standard_normal((own[-1] + 1, 128), np.float32)[own]
    vectors += SPREAD * random.standard_normal((number, 128), np.float32)
    return own, unit(vectors)


def write(folder: Path, vectors: Floats) -> list[Path]:
    """Write the faces as the shards of a set whom nobody of the gallery is near."""
    matches = folder / "matches.parquet"
    write_table(matches, MATCHES.empty_table(), ORIGIN)
    paths = [matches]
    for start in range(0, len(vectors), SHARD):
        some = vectors[start : start + SHARD]
        images = [f"{start + row:08}.jpg" for row in range(len(some))]
        columns: dict[str, Any] = {"image": images, "sha256": images, "group": [""] * len(some)}
        columns |= {"status": ["ok"] * len(some), "face": [0] * len(some)}
        columns |= {side: [50.0] * len(some) for side in "xywh"}
        ends = pa.array(np.arange(len(some) + 1) * some.shape[1], pa.int32())
        columns["embedding"] = pa.ListArray.from_arrays(ends, pa.array(some.ravel()))
        nothing = pa.nulls(len(some))
        table = pa.table({name: columns.get(name, nothing) for name in FACES.names}).cast(FACES)
        paths.append(folder / f"faces-{start}.parquet")
        write_table(paths[-1], table, ORIGIN)
    return paths


def stage(folder: Path, paths: list[Path], threads: int) -> None:
    """Gather, as the rule does; print the CPU seconds and the peak memory, MB."""
    how = How(3, LIMIT, True, threads)
    files = Written(folder / "clusters.parquet", folder / "unknown.tsv", folder / "names.parquet")
    cluster_unknown(nobodys(paths[1:], paths[:1]), refusals(None), how, files, ORIGIN)
    print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def graph_recall(vectors: Floats, own: Indices) -> tuple[float, float]:
    """Give which share of a sample's near pairs is compared: of all, and of those of one person."""
    limit = LIMIT**2 * SHARE
    sample = np.random.default_rng(1).choice(len(own), min(SAMPLED, len(own)), replace=False)
    sums = Sums(vectors)
    with ThreadPoolExecutor(2) as pool:
        true, found = (
            near(sums, cells, sample, limit, len(own), pool)[0]
            for cells in (Everything(len(own)), compared(vectors, EXACT))
        )
    kept = np.isin(true.one * len(own) + true.other, found.one * len(own) + found.other)
    one_person = own[true.one] == own[true.other]
    return float(kept.mean()), float(kept[one_person].mean())


if __name__ == "__main__":
    main()
