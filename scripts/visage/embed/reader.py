"""Image files as bytes, read ahead; what need not or cannot be read is answered at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from visage.embed.hashes import Hashes
from visage.images.decode import ImageProblem
from visage.images.parts import WHOLE, Part, page
from visage.images.reading import read
from visage.sets.listing import Entry, Stat, as_path
from visage.sets.regions import Region
from visage.status import Status
from visage.store.parts import named, part_hash
from visage.store.paths import nfc


@dataclass(frozen=True)
class Task:
    """What is to be found out about one image."""

    entry: Entry
    regions: Sequence[Region] | None = None  # None: faces count wherever they are
    part: Part = WHOLE  # of the file

    @property
    def image(self) -> str:
        """The name of the image: that of its file, and which part of it."""
        return named(self.entry.image, self.part.name)

    def sha256(self, of_file: str) -> str:
        """Give what stands for the image's SHA-256, by that of its file."""
        return part_hash(of_file, self.part.key)


@dataclass(frozen=True)
class Content:
    """The bytes of an image that has to be looked at."""

    task: Task
    data: bytes
    stat: Stat


@dataclass(frozen=True)
class Problem:
    """An image that is not looked at."""

    status: Status
    reason: str
    sha256: str | None = None


DENIED = Problem(Status.DENIED, "its content is on the deny list (config key deny)")


@dataclass(frozen=True)
class Tasks:
    """Makes tasks, each with the regions that are named for its image, if any."""

    regions: Mapping[str, Sequence[Region]] = field(default_factory=dict)  # by image, in NFC

    def of(self, entry: Entry, parts: Iterable[Part] = ()) -> list[Task]:
        """Give what is to be found out about a file: of the whole of it, or of parts."""
        return [self._task(entry, part) for part in parts] or [self._task(entry, WHOLE)]

    def further(self, task: Task, pages: int) -> list[Task]:
        """Give the other pages of a file whose first one turned out not to be the only one."""
        if task.part != WHOLE:
            return []
        return [self._task(task.entry, page(number)) for number in range(2, pages + 1)]

    def _task(self, entry: Entry, part: Part) -> Task:
        return Task(entry, self.regions.get(nfc(named(entry.image, part.name))), part)


class Reader:
    """Reads images below a folder, unless their content is known or denied."""

    def __init__(
        self, root: Path, hashes: Hashes, denied: Callable[[str], bool] = lambda _sha256: False
    ) -> None:
        """Prepare; what `denied` says yes to (a SHA-256) is not even read."""
        self._root = root
        self._hashes = hashes
        self._denied = denied

    def known(self, task: Task) -> str | Problem | None:
        """Give the SHA-256 of an image by its file's size and time, if it is known and allowed."""
        entry = task.entry
        sha256 = self._hashes.find(entry.image, entry.stat)
        if sha256 is None:
            return None
        if self._is_denied(task, sha256):
            self._hashes.discard(entry.image, entry.stat)
            return DENIED
        return task.sha256(sha256)

    def read(self, task: Task) -> Content | Problem:
        """Read an image."""
        try:
            return Content(task, *read(self._root / as_path(task.entry.image)))
        except ImageProblem as problem:
            return Problem(problem.status, problem.reason)
        except OSError as error:
            return _problem(task, error)

    def allows(self, content: Content, sha256: str) -> bool:
        """Tell whether an image may be looked at, by its file's SHA-256, which is kept."""
        if self._is_denied(content.task, sha256):
            return False
        self._hashes.add(content.task.entry.image, content.stat, sha256)
        return True

    def _is_denied(self, task: Task, sha256: str) -> bool:
        return self._denied(sha256) or self._denied(task.sha256(sha256))


def _problem(task: Task, error: OSError) -> Problem:
    if not isinstance(error, FileNotFoundError):
        return Problem(Status.UNREADABLE, f"the file cannot be read: {error.strerror}")
    if task.entry.stat.size < 0:
        return Problem(Status.UNREADABLE, "a link to a file that does not exist")
    return Problem(
        Status.CHANGED, "the file vanished after the folder was listed; run the workflow again"
    )
