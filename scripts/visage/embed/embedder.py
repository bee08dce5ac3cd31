"""The images of a shard, each embedded once: read, looked at and recognised in several threads."""

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.embed.cache import Cache
from visage.embed.extractor import Extractor, Sight
from visage.embed.reader import DENIED, Content, Problem, Reader, Task
from visage.embed.selection import Choice
from visage.formats import by_content
from visage.images.decode import NO_MEMORY, ImageProblem, count_pages, out_of_memory
from visage.status import Status
from visage.types import Model

log = logging.getLogger(__name__)

Result = tuple[Task, Analysis | Problem]
# A larger file is read when it is looked at: of those read ahead eight may lie in memory a thread.
AHEAD_BYTES = 32_000_000
Before = TypeVar("Before")
After = TypeVar("After")


@dataclass(frozen=True)
class Seen:
    """An image whose faces are cut out, ready for the recogniser."""

    task: Task
    sight: Sight


@dataclass(frozen=True)
class Late:
    """An image whose file is too large to be read ahead."""

    task: Task


@dataclass(frozen=True)
class Repeated:
    """An image with the same bytes as one that is being looked at."""

    task: Task
    sha256: str


class Embedder:
    """Embeds images with a model that is loaded when the first image needs it."""

    def __init__(
        self,
        reader: Reader,
        settings: Faces,
        load: Callable[[], Model],
        cache: Cache,
        threads: int,
    ) -> None:
        """Prepare; `settings` say which faces are embedded, `load` gives the model."""
        self._reader = reader
        self._settings = settings
        self._load = load
        self._cache = cache
        self._threads = threads
        self._lock = threading.Lock()
        self._extractor: Extractor | None = None
        self._known: dict[str, list[Analysis]] = {}
        self._claimed: set[str] = set()
        self.embedded = 0  # images the model was run on

    def run(self, tasks: list[Task]) -> Iterator[Result]:
        """Analyse images; the results come in no particular order."""
        known = (self._reader.known(task) for task in tasks)
        self._known = self._cache.find({sha256 for sha256 in known if isinstance(sha256, str)})
        repeated: list[Repeated] = []
        ahead = 4 * self._threads
        with (
            ThreadPoolExecutor(2 * self._threads) as readers,
            ThreadPoolExecutor(self._threads) as pool,
        ):
            # While one image is computed, the next come from the disk or over the network.
            contents = _windowed(readers, self._read, tasks, ahead)
            batch: list[Seen] = []
            for done in _windowed(pool, self._look, contents, ahead):
                if isinstance(done, Seen):
                    batch.append(done)
                    if sum(len(item.sight.crops) for item in batch) >= self._batch_size():
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
        return self._extractor.batch if self._extractor else 1

    def _again(self, task: Task) -> Analysis | Problem:
        """Analyse a copy whose original was wanted with other regions."""
        self._claimed.clear()
        done = self._look(self._read(task))
        assert not isinstance(done, Repeated)  # nothing is claimed any more
        return next(self._recognise([done]))[1] if isinstance(done, Seen) else done[1]

    def _read(self, task: Task) -> Content | Late | Result:
        """In a reader: the image's content, or the result when it need not or cannot be read."""
        known = self._reader.known(task)
        if isinstance(known, Problem):
            return task, known
        analysis = self._from_known(known, task) if known else None
        if analysis:
            return task, analysis
        return Late(task) if task.entry.stat.size > AHEAD_BYTES else self._content(task)

    def _content(self, task: Task) -> Content | Result:
        content = self._reader.read(task)
        return content if isinstance(content, Content) else (task, content)

    def _look(self, content: Content | Late | Result) -> Seen | Repeated | Result:
        """In a worker: look up, decode, detect and cut out; or the result when that is all."""
        if isinstance(content, Late):
            content = self._content(content.task)
        if not isinstance(content, Content):
            return content
        task, of_file = content.task, hashlib.sha256(content.data).hexdigest()
        sha256 = task.sha256(of_file)
        with self._lock:
            if not self._reader.allows(content, of_file):
                return task, DENIED
            if sha256 not in self._known:
                self._known.update(self._cache.find({sha256}))
            analysis = self._from_known(sha256, task)
            if analysis:
                return task, analysis
            if sha256 in self._claimed:
                return Repeated(task, sha256)
            self._claimed.add(sha256)
        extractor = self._loaded()
        try:
            sight = extractor.look(content.data, self._choice(task), sha256=sha256, part=task.part)
        except ImageProblem as problem:
            if not problem.lasting:
                return task, Problem(problem.status, problem.reason, sha256)
            return task, self._keep(_failed(sha256, problem, content.data))
        except Exception as error:
            if not out_of_memory(error):
                raise
            return task, Problem(Status.TOO_LARGE, NO_MEMORY, sha256)
        if extractor.batch == 1 or not sight.wanted:
            # The recogniser gains nothing from batches and runs in its caller's thread; or there
            # is nothing to recognise, and waiting for a batch would only keep it from the cache.
            return next(self._recognise([Seen(task, sight)]))
        return Seen(task, sight)

    def _choice(self, task: Task) -> Choice:
        return Choice(self._settings, task.regions)

    def _recognise(self, batch: list[Seen]) -> Iterator[tuple[Task, Analysis]]:
        if batch:
            analyses = self._loaded().recognise([item.sight for item in batch])
            for item, analysis in zip(batch, analyses, strict=True):
                yield item.task, self._keep(analysis)

    def _keep(self, analysis: Analysis) -> Analysis:
        with self._lock:
            self._cache.add(analysis)
            self._known.setdefault(analysis.sha256, []).append(analysis)
            self.embedded += 1
        return analysis

    def _from_known(self, sha256: str, task: Task) -> Analysis | None:
        """Give a known analysis that answers what is asked now, if there is one."""
        known, choice = self._known.get(sha256, ()), self._choice(task)
        return next((analysis for analysis in known if choice.answered_by(analysis)), None)

    def _loaded(self) -> Extractor:
        with self._lock:
            if self._extractor is None:
                start = time.monotonic()
                self._extractor = Extractor(self._load())
                log.info("model loaded in %.1f s", time.monotonic() - start)
            return self._extractor


def _failed(sha256: str, problem: ImageProblem, data: bytes) -> Analysis:
    found = by_content(data)
    return Analysis(
        sha256,
        problem.status,
        problem.reason,
        format=found.name if found else "",
        pages=count_pages(data),
    )


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
