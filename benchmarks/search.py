"""Search indexes side by side: time to build, memory, time a query, recall of the 50 nearest.

    python benchmarks/search.py --items 20000 100000

Exact search and Annoy are the workflow's; Faiss and usearch are measured where they are installed
(`pip install faiss-cpu usearch`), each in a process of its own. The vectors are made up: people of
five images each, which is hard for a tree index; the same for all.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NEIGHBOURS = 50
DIMENSION = 512
QUERIES = 500

Vectors = NDArray[np.float32]
Search = Callable[[Vectors], NDArray[np.int64]]


def made_up(items: int) -> tuple[Vectors, Vectors]:
    """Give unit vectors of items/5 people and of QUERIES further images of some of them."""
    random = np.random.default_rng(7)
    people = random.standard_normal((items // 5, DIMENSION), np.float32)

    def images(person: NDArray[np.int64]) -> Vectors:
        noise = random.standard_normal((len(person), DIMENSION), np.float32)
        vectors = people[person] + noise
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return images(np.repeat(np.arange(items // 5), 5)), images(
        random.integers(0, items // 5, QUERIES)
    )


def exact(items: Vectors) -> Search:
    from visage.search.exact import exact

    return lambda queries: exact(queries, items, NEIGHBOURS).items


def annoy(items: Vectors) -> Search:
    from annoy import AnnoyIndex

    index = AnnoyIndex(DIMENSION, "euclidean")
    index.set_seed(42)
    for number, vector in enumerate(items):
        index.add_item(number, vector.tolist())
    index.build(100, n_jobs=1)
    return lambda queries: np.array(
        [index.get_nns_by_vector(q.tolist(), NEIGHBOURS, search_k=10_000) for q in queries]
    )


def faiss_flat(items: Vectors) -> Search:
    import faiss

    index = faiss.IndexFlatL2(DIMENSION)
    index.add(items)
    return lambda queries: index.search(queries, NEIGHBOURS)[1]


def faiss_ivf(items: Vectors) -> Search:
    import faiss

    lists = int(4 * np.sqrt(len(items)))
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(DIMENSION), DIMENSION, lists)
    index.train(items[:: max(1, len(items) // (64 * lists))])
    index.add(items)
    index.nprobe = lists // 8
    return lambda queries: index.search(queries, NEIGHBOURS)[1]


def usearch(items: Vectors) -> Search:
    from usearch.index import Index

    index = Index(ndim=DIMENSION, metric="l2sq", dtype="f32", expansion_search=512)
    index.add(np.arange(len(items)), items)
    return lambda queries: index.search(queries, NEIGHBOURS).keys.astype(np.int64)


WAYS = {way.__name__: way for way in (exact, annoy, faiss_flat, faiss_ivf, usearch)}


def measure(name: str, number: int) -> tuple[dict, NDArray[np.int64]]:
    """Build and query one index."""
    items, queries = made_up(number)
    start = time.perf_counter()
    search = WAYS[name](items)
    built = time.perf_counter()
    search(queries[:5])
    warm = time.perf_counter()
    found = search(queries)
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    row = {
        "items": number,
        "way": name,
        "build, s": round(built - start, 1),
        "query, ms": round(1000 * (end - warm) / QUERIES, 2),
        "peak MB": peak,
    }
    return row, np.asarray(found)


def main() -> None:
    """Measure every way that is installed on every number of items."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[20_000])
    rows = []
    for number in parser.parse_args().items:
        truth: NDArray[np.int64] | None = None
        for name in WAYS:
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                try:
                    row, found = pool.submit(measure, name, number).result()
                except ModuleNotFoundError as error:
                    print(f"{name}: {error}", file=sys.stderr)
                    continue
            truth = found if truth is None else truth  # exact comes first
            shared = [len(set(a) & set(b)) for a, b in zip(truth, found, strict=True)]
            rows.append(row | {"recall of 50": round(sum(shared) / truth.size, 3)})
            print(rows[-1], file=sys.stderr, flush=True)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
