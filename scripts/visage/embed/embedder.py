"""One shard of a set: from its manifest to its faces table, embedding nothing twice."""

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from visage.config import Faces
from visage.embed.cache import AnalysedFace, Analysis, Cache, Hashes
from visage.embed.selection import Selected, select
from visage.embed.sight import Sight
from visage.errors import VisageError
from visage.formats import disagreement
from visage.images.align import fit, sharpness
from visage.images.decode import NO_MEMORY, ImageProblem, out_of_memory
from visage.images.reading import read
from visage.sets.listing import Entry, Manifest, Stat, as_path
from visage.sets.regions import Region, outside
from visage.status import Status
from visage.store.paths import nfc
from visage.store.vectors import VectorProblem, read_vector
from visage.types import Face, Model, Pixels

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What is to be found out about one image."""

    entry: Entry
    regions: Sequence[Region] | None


@dataclass(frozen=True)
class Content:
    """The bytes of an image that has to be looked at."""

    task: Task
    data: bytes
    stat: Stat


@dataclass(frozen=True)
class Repeated:
    """An image with the same bytes as one that is being looked at."""

    task: Task
    sha256: str


@dataclass
class Prepared:
    """An image that is decoded and whose faces are cut out, ready for the recogniser."""

    task: Task
    analysis: Analysis
    wanted: list[int] = field(default_factory=list)  # faces to embed; WHOLE for the whole image
    crops: list[Pixels] = field(default_factory=list)


@dataclass(frozen=True)
class Problem:
    """An image that could not even be read."""

    task: Task
    status: str
    reason: str
    sha256: str | None = None


Result = tuple[Task, Analysis | Problem]
Before = TypeVar("Before")
After = TypeVar("After")

WHOLE = -1
_NO_FACE = "no face was found in the image"
_DENIED = "its content is on the deny list (config key deny)"


class Embedder:
    """Embeds images with a model that is loaded when the first image needs it."""

    def __init__(
        self,
        root: Path,
        faces: Faces,
        load: Callable[[], Model],
        cache: Cache,
        hashes: Hashes,
        threads: int,
        denied: Callable[[str], bool] = lambda _sha256: False,
    ) -> None:
        """Prepare for the images below `root`; `faces` is the config's section of that name.

        What `denied` says yes to (a SHA-256) is not even looked up.
        """
        self._root = root
        self._settings = faces
        self._load = load
        self._cache = cache
        self._hashes = hashes
        self._threads = threads
        self._denied = denied
        self._local = threading.local()
        self._lock = threading.Lock()
        self._model: Model | None = None
        self._known: dict[str, list[Analysis]] = {}
        self._claimed: set[str] = set()
        self.embedded = 0  # images the model was run on

    def run(self, tasks: list[Task]) -> Iterator[Result]:
        """Analyse images; the results come in no particular order."""
        known = (self._hashes.find(task.entry.image, task.entry.stat) for task in tasks)
        self._known = self._cache.find({sha256 for sha256 in known if sha256})
        repeated: list[Repeated] = []
        ahead = 4 * self._threads
        with (
            ThreadPoolExecutor(2 * self._threads) as readers,
            ThreadPoolExecutor(self._threads) as pool,
        ):
            # While one image is computed, the next come from the disk or over the network.
            contents = _windowed(readers, self._read, tasks, ahead)
            batch: list[Prepared] = []
            for done in _windowed(pool, self._prepare, contents, ahead):
                if isinstance(done, Prepared):
                    batch.append(done)
                    if sum(len(item.crops) for item in batch) >= self._batch_size():
                        yield from self._recognise(batch)
                        batch = []
                elif isinstance(done, Repeated):
                    repeated.append(done)
                else:
                    yield done
            yield from self._recognise(batch)
        for copy in repeated:
            yield copy.task, self._from_known(copy.sha256, copy.task) or self._again(copy.task)

    def _batch_size(self) -> int:
        return self._model.recogniser.batch if self._model else 1

    def _again(self, task: Task) -> Analysis | Problem:
        """Analyse a copy whose original was wanted with other regions."""
        self._claimed.clear()
        done = self._prepare(self._read(task))
        assert not isinstance(done, Repeated)  # nothing is claimed any more
        return next(iter(self._recognise([done])))[1] if isinstance(done, Prepared) else done[1]

    def _read(self, task: Task) -> Content | Result:
        """In a reader: the image's content, or the result when it need not or cannot be read."""
        known = self._hashes.find(task.entry.image, task.entry.stat)
        if known and self._denied(known):
            self._hashes.discard(task.entry.image, task.entry.stat)
            return task, Problem(task, "denied", _DENIED)
        analysis = self._from_known(known, task) if known else None
        if analysis:
            return task, analysis
        try:
            return Content(task, *read(self._root / as_path(task.entry.image)))
        except ImageProblem as problem:
            return task, Problem(task, problem.status, problem.reason)
        except OSError as error:
            return task, _read_problem(task, error)

    def _prepare(self, content: Content | Result) -> Prepared | Repeated | Result:
        """In a worker: look up, decode, detect and cut out; or the result when that is all."""
        if not isinstance(content, Content):
            return content
        task, data = content.task, content.data
        sha256 = hashlib.sha256(data).hexdigest()
        if self._denied(sha256):
            return task, Problem(task, "denied", _DENIED)
        with self._lock:
            self._hashes.add(task.entry.image, content.stat, sha256)
            if sha256 not in self._known:
                self._known.update(self._cache.find({sha256}))
            analysis = self._from_known(sha256, task)
            if analysis:
                return task, analysis
            if sha256 in self._claimed:
                return Repeated(task, sha256)
            self._claimed.add(sha256)
        try:
            return self._look(task, sha256, data)
        except ImageProblem as problem:
            if not problem.lasting:
                return task, Problem(task, problem.status, problem.reason, sha256)
            analysis = Analysis(sha256, problem.status, problem.reason)
            self._keep(analysis)
            return task, analysis
        except Exception as error:
            if not out_of_memory(error):
                raise
            return task, Problem(task, Status.TOO_LARGE, NO_MEMORY, sha256)

    def _look(self, task: Task, sha256: str, data: bytes) -> Prepared | Result:
        model = self._loaded()
        if not hasattr(self._local, "detector"):
            self._local.detector = model.detector()
        sight = Sight(data, model, self._local.detector)
        found = [AnalysedFace(face) for face in sight.faces]
        analysis = Analysis(
            sha256, "ok", sight.note, sight.width, sight.height, found, format=sight.format
        )
        prepared = Prepared(task, analysis)
        for selected in self._wanted(sight.faces, task):
            face = sight.faces[selected.index]
            crop = sight.crop(face)
            analysis.faces[selected.index] = AnalysedFace(face, sharpness(crop))
            prepared.wanted.append(selected.index)
            prepared.crops.append(crop)
        if not prepared.wanted and self._takes_whole(task):
            prepared.wanted.append(WHOLE)
            prepared.crops.append(fit(sight.pixels, model.recogniser.size))
        if model.recogniser.batch == 1 or not prepared.wanted:
            # The recogniser gains nothing from batches and runs in its caller's thread; or there
            # is nothing to recognise, and waiting for a batch would only keep it from the cache.
            return next(iter(self._recognise([prepared])))
        return prepared

    def _takes_whole(self, task: Task) -> bool:
        """Tell whether an image without a face is embedded whole; not where regions are named."""
        return self._settings.no_face == "whole_image" and task.regions is None

    def _wanted(self, faces: Sequence[Face], task: Task) -> list[Selected]:
        return [s for s in select(faces, self._settings, task.regions) if s.status == "ok"]

    def _recognise(self, batch: list[Prepared]) -> Iterator[tuple[Task, Analysis]]:
        crops = [crop for item in batch for crop in item.crops]
        embeddings = iter(self._loaded().recogniser.embed(crops)) if crops else iter(())
        for item in batch:
            analysis = item.analysis
            for index in item.wanted:
                embedding = next(embeddings)
                if index == WHOLE:
                    analysis = replace(analysis, whole=embedding)
                else:
                    face = analysis.faces[index]
                    analysis.faces[index] = replace(face, embedding=embedding)
            self._keep(analysis)
            yield item.task, analysis

    def _keep(self, analysis: Analysis) -> None:
        with self._lock:
            self._cache.add(analysis)
            self._known.setdefault(analysis.sha256, []).append(analysis)
            self.embedded += 1

    def _from_known(self, sha256: str, task: Task) -> Analysis | None:
        """Give a known analysis that answers what is asked now, if there is one."""
        for analysis in self._known.get(sha256, ()):
            wanted = self._wanted([item.face for item in analysis.faces], task)
            complete = all(analysis.faces[s.index].embedding is not None for s in wanted)
            needs_whole = not wanted and self._takes_whole(task)
            if analysis.status != "ok" or (
                complete and (not needs_whole or analysis.whole is not None)
            ):
                return analysis
        return None

    def _loaded(self) -> Model:
        with self._lock:
            if self._model is None:
                start = time.monotonic()
                self._model = self._load()
                log.info("model loaded in %.1f s", time.monotonic() - start)
            return self._model


def _windowed(
    pool: ThreadPoolExecutor,
    work: Callable[[Before], After],
    items: Iterable[Before],
    ahead: int,
) -> Iterator[After]:
    """Run `work` on all items, in order, with at most `ahead` of them begun and not yet taken."""
    waiting: deque[Future] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _read_problem(task: Task, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        broken = task.entry.stat.size < 0
        status = "unreadable" if broken else "changed"
        reason = (
            "a link to a file that does not exist"
            if broken
            else "the file vanished after the folder was listed; run the workflow again"
        )
        return Problem(task, status, reason)
    return Problem(task, "unreadable", f"the file cannot be read: {error.strerror}")


def rows_of(task: Task, result: Analysis | Problem, settings: Faces) -> list[dict]:
    """Give the rows of one image, columns as in `visage.store.tables.FACES` without the label.

    Raises:
        VisageError: The image has no face and `faces.no_face` is `fail`.
    """
    base: dict[str, Any] = {"image": task.entry.image, "sha256": result.sha256, "reason": ""}
    if isinstance(result, Problem) or result.status != "ok":
        return [base | {"status": result.status, "reason": result.reason}]
    base |= {"width": result.width, "height": result.height, "reason": _remarks(task, result)}
    faces = [item.face for item in result.faces]
    selected = select(faces, settings, task.regions)
    rows = [
        base | _face_row(number, result.faces[item.index], item, base["reason"])
        for number, item in enumerate(selected)
    ]
    if not any(item.status == "ok" for item in selected):
        rows = _without_face(rows, base, result, settings.no_face, task.regions is not None)
    for region in outside(task.regions or (), result.width or 0, result.height or 0):
        x, y, w, h = (f"{number:g}" for number in region)
        note = f"the region {x}, {y}, {w}, {h} lies outside the image ({result.width} x "
        note += f"{result.height} pixels)"
        log.warning("faces.regions: %s: %s", task.entry.image, note)
        rows = [row if row["status"] == "ok" else _noted(row, note) for row in rows]
    return rows


def _remarks(task: Task, result: Analysis) -> str:
    """Say what is odd about an image that was read."""
    return _joined(disagreement(task.entry.image, result.format), result.reason)


def _joined(*remarks: str) -> str:
    return "; ".join(remark for remark in remarks if remark)


def _noted(row: dict, note: str) -> dict:
    return row | {"reason": _joined(row["reason"], note)}


def _without_face(
    rows: list[dict], base: dict, result: Analysis, no_face: str, has_regions: bool
) -> list[dict]:
    if no_face == "fail":
        raise VisageError(
            f"{base['image']} has no face, and faces.no_face is 'fail'. Take the image out of the "
            "set, or set faces.no_face to skip."
        )
    if no_face == "whole_image" and result.whole is not None and not has_regions:
        box = {"x": 0.0, "y": 0.0, "w": float(result.width or 0), "h": float(result.height or 0)}
        reason = "no face was found: the whole image was embedded (faces.no_face)"
        reason = _joined(reason, base["reason"])
        whole = {"status": "ok", "face": 0, "confidence": 0.0, "embedding": result.whole}
        later = [row | {"face": row["face"] + 1} for row in rows]
        return [base | box | whole | {"reason": reason}, *later]
    return rows or [_noted(base | {"status": "no_face", "reason": _NO_FACE}, base["reason"])]


def _face_row(number: int, item: AnalysedFace, selected: Selected, remarks: str) -> dict:
    face = item.face
    known = np.isfinite(face.landmarks).any()
    return {
        "status": selected.status,
        "reason": _joined(selected.reason, remarks),
        "face": number,
        "x": face.x,
        "y": face.y,
        "w": face.w,
        "h": face.h,
        "confidence": face.confidence,
        "landmarks": face.landmarks.ravel() if known else None,
        "sharpness": item.sharpness if selected.status == "ok" else None,
        "embedding": item.embedding if selected.status == "ok" else None,
    }


def imported_rows(root: Path, entry: Entry, dimension: int) -> list[dict]:
    """Give the row of an image whose embedding stands in an existing `.vector` file."""
    base = {"image": entry.image, "sha256": None, "reason": ""}
    try:
        embedding = read_vector(root / as_path(entry.vector or ""), dimension)
    except VectorProblem as problem:
        return [base | {"status": "bad_vector", "reason": f"{entry.vector}: {problem}"}]
    return [
        base
        | {"status": "ok", "face": 0, "embedding": embedding}
        | {"reason": f"embedding taken from {entry.vector}"}
    ]


def tasks_of(manifest: Manifest, regions: dict[str, list[Region]] | None) -> list[Task]:
    """Give the images of a manifest that the model has to see, each with its regions if any."""
    return [
        Task(entry, regions.get(nfc(entry.image)) if regions else None)
        for entry in manifest.entries
        if entry.vector is None
    ]
