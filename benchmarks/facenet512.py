"""Facenet512 in batches, as the embed step runs it, against DeepFace's call for one face.

    python benchmarks/facenet512.py [--crops 64] [--threads 2]

With random weights, which cost the same as the published ones. One process, each way in turn,
medians of --rounds.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from visage.models.deepface import load_client, use_engine
from visage.models.engines import ENGINES
from visage.models.recognisers import load_recogniser
from visage.models.registry import load_registry

ROOT = Path(__file__).parent.parent
MODEL = "facenet512-retinaface"
FILE = "facenet512_weights.h5"


def save_random_weights(folder: Path) -> None:
    """Save the architecture as it begins, under the name DeepFace looks for."""
    from deepface.models.facial_recognition.tf.Facenet import InceptionResNetV1

    InceptionResNetV1(dimension=512).save_weights(str(folder / FILE))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure both ways and print images a second."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    entry = load_registry(ROOT / "config/models.yaml").model(MODEL)
    entry = entry.model_copy(update={"weights": {FILE: FILE}})  # no detector
    engine = ENGINES[entry.engine]
    use_engine(engine)
    engine.prepare(arguments.threads)
    crops = list(
        np.random.default_rng(7).integers(0, 256, (arguments.crops, 160, 160, 3), np.uint8)
    )
    with tempfile.TemporaryDirectory() as name:
        save_random_weights(Path(name))
        ours = load_recogniser(entry, Path(name), engine, arguments.threads)
        recogniser = entry.recognizer
        theirs = load_client("facial_recognition", recogniser, entry, Path(name), engine)
    scaled = [crop[None].astype(np.float32) / 127.5 - 1 for crop in crops]
    batched, single = (lambda: ours.embed(crops)), (lambda: [*map(theirs.forward, scaled)])
    batched(), single()  # traced and warm
    rounds = [(timed(batched), timed(single)) for _ in range(arguments.rounds)]
    fast, slow = (statistics.median(pair[side] for pair in rounds) for side in (0, 1))
    print(f"DeepFace, one by one   {len(crops) / slow:6.1f} images/s")
    print(f"visage, in batches     {len(crops) / fast:6.1f} images/s, {slow / fast:.1f} times")


if __name__ == "__main__":
    main()
