"""Our embed step against the loop people write: `DeepFace.represent` on each file.

    python benchmarks/embed.py --images FOLDER [--rounds 3] [--jobs 2] [--threads 1]

Both run here, alternately, with the same weights, and the models loaded before the clock starts:
ours in --jobs processes of --threads each, the loop in one that uses all cores. Each of our jobs
embeds all the photographs: with half of so few each, one would end by waiting for the other, which
no long run does. Beside the totals stand decode, detection and recognition alone, as the embed step
does them, in one thread of one process.
"""

import argparse
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from visage.config import Faces
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Reader, Task
from visage.images.decode import decode
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.sets.listing import list_entries

ROOT = Path(__file__).parent.parent

# DeepFace's YuNet keeps what it is this sure of; ours would embed a seventh more faces by default.
SURE = 0.9


@contextmanager
def small_copies(folder: Path, side: int) -> Iterator[Path]:
    """Give a folder with the photographs scaled to `side` pixels, as in LFW."""
    from PIL import Image, ImageOps

    with tempfile.TemporaryDirectory() as name:
        for number, path in enumerate(sorted(folder.rglob("*.*"))):
            try:
                with Image.open(path) as image:
                    upright = ImageOps.exif_transpose(image).convert("RGB")
                    small = ImageOps.fit(upright, (side, side))
            except OSError:
                continue  # not a photograph (a table beside them)
            small.save(Path(name) / f"{number:04}.jpg", quality=90)
        yield Path(name)


class Ours:
    """The embed step from an empty cache, its model loaded; lives in a process of its own."""

    def __init__(self, folder: Path, entry: ModelEntry, threads: int) -> None:
        self.folder, self.threads = folder, threads
        self.model = load_model(entry, ROOT / "weights", threads)
        self.faces = Faces(min_confidence=SURE)
        self.tasks = [Task(item, None) for item in list_entries(folder, False)]

    def run(self) -> int:
        with tempfile.TemporaryDirectory() as name:
            cache, hashes = Cache(Path(name) / "cache"), Hashes(Path(name) / "hashes")
            reader = Reader(self.folder, hashes)
            embedder = Embedder(reader, self.faces, lambda: self.model, cache, self.threads)
            done = list(embedder.run(self.tasks))
            cache.close()
        return len(done)

    def alone(self) -> dict[str, float]:
        """Measure decode, detection and recognition by themselves, seconds in one thread."""
        data = [(self.folder / task.entry.image).read_bytes() for task in self.tasks]
        times = dict.fromkeys(("decode", "detection", "recognition"), 0.0)
        detector = self.model.detector()
        for content in data:
            start = time.perf_counter()
            photograph = decode(content, enough=self.model.enough)
            decoded = time.perf_counter()
            faces = [f for f in detector.detect(photograph.pixels) if f.confidence >= SURE]
            detected = time.perf_counter()
            for face in faces:
                self.model.recogniser.embed([self.model.crop(photograph.pixels, face)])
            end = time.perf_counter()
            times["decode"] += decoded - start
            times["detection"] += detected - decoded
            times["recognition"] += end - detected
        return times


class Theirs:
    """The plain loop over `DeepFace.represent`, as it is by itself, with the same weights."""

    def __init__(self, folder: Path, entry: ModelEntry, home: Path) -> None:
        inside = home / ".deepface" / "weights"
        inside.mkdir(parents=True, exist_ok=True)
        for name, file in entry.weights.items():
            shutil.copy2(ROOT / "weights" / file, inside / name)
        os.environ["DEEPFACE_HOME"] = str(home)
        os.environ["DEEPFACE_BACKEND_ENGINE"] = ENGINES[entry.engine].deepface
        self.files = [str(folder / item.image) for item in list_entries(folder, False)]
        self.options = {
            "model_name": entry.recognizer,
            "detector_backend": entry.detector,
            "normalization": entry.normalization,
        }

    def run(self) -> int:
        from deepface import DeepFace

        for file in self.files:
            DeepFace.represent(file, enforce_detection=False, **self.options)
        return len(self.files)


_here: Ours | Theirs  # the one object of a worker process


def _start(kind: type, *arguments: object) -> None:
    global _here
    _here = kind(*arguments)
    _here.run()  # warm


def _timed() -> tuple[int, float, float, int]:
    start, cpu = time.perf_counter(), time.process_time()
    images = _here.run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return images, seconds, (time.process_time() - cpu) / seconds, peak


def _together(workers: list[ProcessPoolExecutor]) -> tuple[int, float, float, int]:
    """Have all workers run at once: images, seconds, cores used, MB of all together."""
    start = time.perf_counter()
    done = [future.result() for future in [worker.submit(_timed) for worker in workers]]
    seconds = time.perf_counter() - start
    images, _, cores, peak = (sum(values) for values in zip(*done, strict=True))
    return images, seconds, cores, peak


def _alone() -> dict[str, float]:
    assert isinstance(_here, Ours)
    return _here.alone()


def worker(kind: type, *arguments: object) -> ProcessPoolExecutor:
    """Give one process that holds a `kind`: neither sees the other's thread settings."""
    return ProcessPoolExecutor(1, get_context("spawn"), partial(_start, kind, *arguments))


def measure(folder: Path, name: str, arguments: argparse.Namespace, home: Path) -> dict:
    """Time both ways `rounds` times, in turn, and give the medians."""
    entry = load_registry(ROOT / "config/models.yaml").model(arguments.model)
    jobs, threads = arguments.jobs, arguments.threads
    with ExitStack() as stack:
        ours = [stack.enter_context(worker(Ours, folder, entry, threads)) for _ in range(jobs)]
        theirs = [stack.enter_context(worker(Theirs, folder, entry, home))]
        rounds = [(_together(ours), _together(theirs)) for _ in range(arguments.rounds)]
        alone = ours[0].submit(_alone).result()
    images = rounds[0][1][0]
    fast, slow = (
        statistics.median(pair[side][1] / pair[side][0] for pair in rounds) for side in (0, 1)
    )
    last_ours, last_theirs = rounds[-1]
    return {
        "images": name,
        "number": images,
        "DeepFace.represent, images/s": round(1 / slow, 1),
        "visage, images/s": round(1 / fast, 1),
        "times as fast": round(slow / fast, 2),
        "of (decode + detection + recognition) / cores": round(
            fast * jobs * threads * images / sum(alone.values()), 2
        ),
        "cores used, represent": round(last_theirs[2], 2),
        "cores used, visage": round(last_ours[2], 2),
        "peak MB, represent": last_theirs[3],
        "peak MB, visage": last_ours[3],
        **{f"{key} alone, ms": round(1000 * value / images, 1) for key, value in alone.items()},
    }


def main() -> None:
    """Measure the photographs as they are, and scaled to 250 pixels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--model", default="sface-yunet")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each job")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        small_copies(arguments.images, 250) as small,
    ):
        rows = [
            measure(arguments.images, arguments.images.name, arguments, Path(home)),
            measure(small, f"{arguments.images.name}, 250 pixels", arguments, Path(home)),
        ]
    print(pd.DataFrame(rows).T.to_string(header=False))


if __name__ == "__main__":
    main()
