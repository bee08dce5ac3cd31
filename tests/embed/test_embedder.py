"""Many images through a model: what is in memory at once."""

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from visage.config import Faces
from visage.embed.cache import Cache
from visage.embed.embedder import Embedder
from visage.embed.hashes import Hashes
from visage.embed.reader import Reader, Task
from visage.sets.listing import list_entries
from visage.types import Detector, Embeddings, Face, Model, Pixels

SETTINGS = Faces(no_face="whole_image")


class Watched(Detector):
    """Finds five faces in every picture and counts the crops that are alive at once."""

    size = (64, 64)
    batch = 8

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.alive = self.most = self.seen = 0

    def detect(self, _: Pixels) -> list[Face]:
        nothing = np.full((5, 2), np.nan, np.float32)
        return [Face(0.0, 0.0, 40.0 + i, 40.0, 0.9, nothing) for i in range(5)]

    def crop(self, _: Pixels, __: Face) -> Pixels:
        crop = np.zeros((64, 64, 3), np.uint8)
        with self.lock:
            self.alive += 1
            self.most = max(self.most, self.alive)
        weakref.finalize(crop, self.gone)
        return crop

    def gone(self) -> None:
        self.alive -= 1

    def embed(self, crops: Sequence[Pixels]) -> Embeddings:
        self.seen += len(crops)
        return np.ones((len(crops), 4), np.float32)


def test_memory_does_not_grow_with_the_number_of_images(tmp_path: Path) -> None:
    number = 120
    (tmp_path / "set").mkdir()
    for step in range(number):
        cv2.imwrite(str(tmp_path / f"set/{step:03}.png"), np.full((50, 50, 3), step, np.uint8))
    watched = Watched()
    embedder = Embedder(
        Reader(tmp_path / "set", Hashes(tmp_path / "hashes")),
        SETTINGS,
        lambda: Model(lambda: watched, watched, watched.crop),
        Cache(tmp_path / "cache"),
        threads=2,
    )
    tasks = [Task(entry, None) for entry in list_entries(tmp_path / "set", False)]
    assert sum(1 for _ in embedder.run(tasks)) == number
    assert watched.seen == 5 * number
    # Eight photographs ahead, a batch, and what the two threads hold; not all 600.
    assert watched.most <= 5 * (8 + 2 + 3)
