"""One photograph looked up in a finished gallery, while somebody waits for the answer.

Everything is done by the modules that the workflow's jobs use; this one only keeps the model and
the gallery in memory, and puts the answers together.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from visage.config import Config
from visage.embed.analysis import AnalysedFace
from visage.embed.extractor import Extractor
from visage.embed.selection import Choice, Region, Selected
from visage.errors import VisageError
from visage.images.decode import MAX_PIXELS
from visage.images.parts import WHOLE, Part
from visage.images.turns import turn_note, turned
from visage.models.model import Installed
from visage.models.registry import Registry
from visage.search.gallery import Candidate, Gallery
from visage.search.own_evaluation import fits
from visage.status import Status
from visage.store.tables import Origin, read_origin
from visage.types import Box, Pixels

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundFace:
    """A face of the photograph and who is nearest to it."""

    box: Box
    confidence: float  # the detector's, 0 to 1
    status: str  # ok, or why it was not searched: too_small, poor, outside_region
    reason: str
    quality: float | None  # 1: as clear as most; None: the model does not say, or it was not asked
    candidates: Sequence[Candidate] = ()


@dataclass(frozen=True)
class Answer:
    """What is known about a photograph; the faces are in order of prominence."""

    pixels: Pixels  # BGR, by EXIF; a large photograph's are fewer than width × height
    width: int  # pixels, in which the boxes are
    height: int
    faces: list[FoundFace]
    turn: int = 0  # degrees clockwise by which it is to be turned to stand upright
    note: str = ""  # what is odd about the file, which of its pictures it is, how it is turned
    pages: int = 1  # pictures of their own in the file

    def upright(self) -> Pixels:
        """Give the whole photograph as it is to be looked at."""
        return turned(self.pixels, self.turn)

    def picture(self, face: FoundFace, margin: float = 0.3) -> Pixels:
        """Cut out a face, upright, with a margin of so many of its sides around it."""
        x, y = self.pixels.shape[1] / self.width, self.pixels.shape[0] / self.height
        box = face.box
        there = Box(box.x * x, box.y * y, box.w * x, box.h * y)
        return turned(cut(self.pixels, there, margin), self.turn)

    @property
    def searched(self) -> list[FoundFace]:
        """The faces that were compared with the gallery."""
        return [face for face in self.faces if face.status == "ok"]

    @property
    def anybody(self) -> bool:
        """Whether some face has a candidate that is not unknown."""
        return any(c.verdict != "unknown" for face in self.searched for c in face.candidates)


class Lookup:
    """Searches photographs in the gallery of a results folder, several at a time.

    The gallery is read again when its table changes; the model stays.
    """

    def __init__(
        self, config: Config, registry: Registry, weights: Path, origin: Origin, names: Path | None
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            config: The checked config.
            registry: The content of config/models.yaml.
            weights: The folder with the model's files.
            origin: The config's model and its fingerprint here.
            names: The names file, if there is one.
        """
        self.config = config
        self.origin = origin
        self._entry = registry.model(config.model)
        self._installed = Installed(registry, config.model, weights)
        self._names = names
        self._threads = 2
        # Its own threads: however many people search, so many photographs are in memory at most,
        # and each thread keeps its detector, which must not be shared.
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="lookup")
        self._lock = threading.Lock()
        self._extractor: Extractor | None = None
        self._index: tuple[object, Gallery] | None = None

    @property
    def photographs(self) -> Path:
        """The folder of the gallery's photographs."""
        return Path(self.config.folder("gallery"))

    @property
    def faces(self) -> Path:
        """The table of the gallery that is searched."""
        return Path(self.config.results, "gallery", "faces.parquet")

    def extractor(self) -> Extractor:
        """Give what finds and embeds faces; its model is loaded at the first call.

        Raises:
            VisageError: A file or a package that it needs is missing or wrong.
        """
        with self._lock:
            if self._extractor is None:
                self._extractor = Extractor(self._installed.load(self._threads))
            return self._extractor

    def index(self) -> Gallery:
        """Give the gallery; read at the first call and whenever its files change.

        Raises:
            VisageError: It is missing, damaged, or of another model.
        """
        stamp = tuple(_stamp(path) for path in (self.faces, self._names, self._evaluation))
        with self._lock:
            if self._index is None or self._index[0] != stamp:
                self._check()
                index = Gallery.open(
                    self.faces,
                    self.config.match,
                    self.config.index.normalize,
                    self._entry.threshold.model_dump(),
                    self._own(),
                    self._names,
                    self.config.links,
                )
                self._index = (stamp, index)
                log.info("gallery: %d faces of %d people", len(index), len(index.people.ids))
            return self._index[1]

    @property
    def _evaluation(self) -> Path:
        return Path(self.config.results, "evaluation.json")

    def _own(self) -> Path | None:
        """Give the gallery's evaluation, where there is one that fits the config."""
        match, normalize = self.config.match, self.config.index.normalize
        expected = {
            "ranking": match.ranking,
            "fpir": match.fpir,
            "normalize": normalize,
            "fingerprint": self.origin.fingerprint,
        }
        return self._evaluation if fits(self._evaluation, expected) else None

    def _check(self) -> None:
        if not self.faces.exists():
            raise VisageError(
                f"There is no gallery yet: {self.faces} is missing. Make it with: "
                f"snakemake --cores 8 {self.faces}"
            )
        made = read_origin(self.faces)
        if made.fingerprint != self.origin.fingerprint:
            cause = (
                f"with the model {made.model}, and the config says {self.origin.model}"
                if made.model != self.origin.model
                else f"with another version of {made.model}, its weights or its packages"
            )
            raise VisageError(
                f"The gallery {self.faces} was made {cause}: their embeddings cannot be compared. "
                f"Make it again with: snakemake --cores 8 {self.faces}"
            )

    def search(
        self,
        data: bytes,
        region: Region | None = None,
        max_pixels: int = MAX_PIXELS,
        part: Part = WHOLE,
    ) -> Answer:
        """Find the faces of a photograph and the people nearest to each.

        Args:
            data: The bytes of an image file.
            region: x, y, w, h in pixels of the image; only faces centred there count.
            max_pixels: Larger images are refused.
            part: Which of several pictures in the file is meant.

        Raises:
            ImageProblem: It is not an image, or too large.
            VisageError: The gallery or the model is missing, or they do not fit.
        """
        return self._pool.submit(self._search, data, region, max_pixels, part).result()

    def _search(self, data: bytes, region: Region | None, max_pixels: int, part: Part) -> Answer:
        index, extractor = self.index(), self.extractor()
        # Every face is shown, and nothing searched that is none.
        settings = self.config.faces.replace(keep="all", no_face="skip")
        choice = Choice(settings, [region] if region else None)
        sight = extractor.look(data, choice, max_pixels, part=part)
        (analysis,) = extractor.recognise([sight])
        selected = choice.of([item.face for item in analysis.faces], analysis.size)
        faces = [analysis.faces[item.index] for item in selected]
        pairs = zip(selected, faces, strict=True)
        selected = [choice.judged(item, face.quality) for item, face in pairs]
        known = [
            face.embedding
            for face, item in zip(faces, selected, strict=True)
            if face.embedding is not None and item.status == Status.OK
        ]
        embeddings = np.stack(known) if known else np.empty((0, 0), np.float32)
        people = iter(index.identify(embeddings, self.config.match.results))
        found = [
            _found(face, item, next(people) if item.status == "ok" else [])
            for face, item in zip(faces, selected, strict=True)
        ]
        return Answer(
            sight.pixels,
            analysis.width or 0,
            analysis.height or 0,
            found,
            analysis.turn,
            "; ".join(filter(None, (analysis.reason, turn_note(analysis.turn)))),
            analysis.pages,
        )

    def warm(self) -> None:
        """Load everything and run it once in every thread, so that the first visitor need not wait.

        Raises:
            VisageError: The gallery or the model is missing, or they do not fit.
        """
        extractor = self.extractor()
        jobs = [self._pool.submit(extractor.warm) for _ in range(self._threads)]
        for job in jobs:
            job.result()
        self.index()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


def _found(analysed: AnalysedFace, item: Selected, candidates: list[Candidate]) -> FoundFace:
    face = analysed.face
    box = Box(face.x, face.y, face.w, face.h)
    return FoundFace(box, face.confidence, item.status, item.reason, analysed.quality, candidates)


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    try:
        stat = path.stat() if path else None
    except FileNotFoundError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat else None


def cut(pixels: Pixels, box: Box, margin: float = 0.3) -> Pixels:
    """Cut a face out of an image, with a margin of so many of its sides around it."""
    side = max(box.w, box.h) * (1 + 2 * margin)
    x, y = box.x + box.w / 2 - side / 2, box.y + box.h / 2 - side / 2
    height, width = pixels.shape[:2]
    left, top = min(max(0, int(x)), width - 1), min(max(0, int(y)), height - 1)
    right, bottom = max(left + 1, int(x + side)), max(top + 1, int(y + side))
    return pixels[top:bottom, left:right]
