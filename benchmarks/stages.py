"""The stages behind the models, on made-up faces: index, match, evaluation, audit.

    python benchmarks/stages.py --faces 100000 --dimension 512 --probes 10000
    python benchmarks/stages.py --faces 100000 --dimension 128 --stages evaluate audit

Each runs in a process of its own, reading and writing included, as its job does.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from parts.made_up import write_faces
from visage.config import Config, Index
from visage.store.tables import Origin

ROOT = Path(__file__).parent.parent
PUBLISHED = 1.128  # SFace's threshold; what decides which faces are copies of one another


def index(folder: Path) -> None:
    from visage.search.index import build_index

    settings = Index()
    build_index(
        [folder / "gallery.parquet"],
        folder / "faces.parquet",
        folder / "face.db",
        folder / "face.json",
        normalize=settings.normalize,
        trees=settings.trees,
        seed=settings.seed,
    )


def match(folder: Path, ranking: str) -> None:
    from visage.search.gallery import Gallery
    from visage.search.match import match_shard

    config = Config()
    match_shard(
        folder / "queries.parquet",
        Gallery.open(
            folder / "faces.parquet",
            config.match.replace(ranking=ranking),
            config.index.normalize,
            {"normalized": PUBLISHED, "raw": None},
        ),
        folder / f"matches-{ranking}.parquet",
        sidecar=lambda image: folder / "sidecars" / f"{image}.json",
        results=config.match.results,
    )


def evaluate(folder: Path) -> None:
    from visage.evaluation.evaluate import evaluate_gallery
    from visage.report.evaluation import write_page
    from visage.search.neighbours import copy_limit

    config = Config()
    result, _ = evaluate_gallery(
        folder / "faces.parquet",
        config.match.ranking,
        config.index.normalize,
        config.match.fpir,
        PUBLISHED,
        copy_limit(PUBLISHED),
    )
    write_page(folder / "evaluation.html", result, folder)
    result.write(folder / "evaluation.json")


def audit(folder: Path) -> None:
    from visage.audit.audit import audit as write_audit

    tables = [folder / "gallery.parquet"]
    published = {"normalized": PUBLISHED, "raw": None}
    write_audit(tables, folder / "faces.parquet", None, published, folder / "audit.tsv")


STAGES: dict[str, Callable[[Path], None]] = {
    "index": index,
    "match, nearest": partial(match, ranking="nearest"),
    "match, mean": partial(match, ranking="mean"),
    "match, likelihood": partial(match, ranking="likelihood"),
    "evaluate": evaluate,
    "audit": audit,
}


def measure(name: str, folder: Path) -> dict:
    """Run one stage; to be called in a process of its own."""
    start = time.perf_counter()
    STAGES[name](folder)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"stage": name, "seconds": round(seconds, 1), "peak MB": peak}


def main() -> None:
    """Write the tables, run the stages and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--probes", type=int, default=10_000)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES)[:4])
    arguments = parser.parse_args()
    size = {"faces": arguments.faces, "dimension": arguments.dimension}
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin = Origin("made up", "0" * 32)
        write_faces(folder / "gallery.parquet", "person", **size, origin=origin)
        queries = size | {"faces": arguments.probes}
        write_faces(folder / "queries.parquet", "group", **queries, origin=origin)
        for stage in dict.fromkeys(["index", *arguments.stages]):
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                rows.append(size | pool.submit(measure, stage, folder).result())
                print(rows[-1], file=sys.stderr, flush=True)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
