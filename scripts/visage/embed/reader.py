"""Image files as bytes, read ahead; what need not or cannot be read is answered at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from visage.embed.hashes import Hashes
from visage.images.decode import ImageProblem
from visage.images.reading import read
from visage.sets.listing import Entry, Manifest, Stat, as_path
from visage.sets.regions import Region
from visage.status import Status
from visage.store.paths import nfc


@dataclass(frozen=True)
class Task:
    """What is to be found out about one image."""

    entry: Entry
    regions: Sequence[Region] | None = None  # None: faces count wherever they are


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


def tasks_of(manifest: Manifest, regions: dict[str, list[Region]] | None) -> list[Task]:
    """Give the images of a manifest that the model has to see, each with its regions if any."""
    return [
        Task(entry, regions.get(nfc(entry.image)) if regions else None)
        for entry in manifest.entries
        if entry.vector is None
    ]


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
        """Give the SHA-256 of an image by its size and time, if it is known and allowed."""
        entry = task.entry
        sha256 = self._hashes.find(entry.image, entry.stat)
        if sha256 and self._denied(sha256):
            self._hashes.discard(entry.image, entry.stat)
            return DENIED
        return sha256

    def read(self, task: Task) -> Content | Problem:
        """Read an image."""
        try:
            return Content(task, *read(self._root / as_path(task.entry.image)))
        except ImageProblem as problem:
            return Problem(problem.status, problem.reason)
        except OSError as error:
            return _problem(task, error)

    def allows(self, content: Content, sha256: str) -> bool:
        """Tell whether an image may be looked at, now that its SHA-256 is known; remember that."""
        if self._denied(sha256):
            return False
        self._hashes.add(content.task.entry.image, content.stat, sha256)
        return True


def _problem(task: Task, error: OSError) -> Problem:
    if not isinstance(error, FileNotFoundError):
        return Problem(Status.UNREADABLE, f"the file cannot be read: {error.strerror}")
    if task.entry.stat.size < 0:
        return Problem(Status.UNREADABLE, "a link to a file that does not exist")
    return Problem(
        Status.CHANGED, "the file vanished after the folder was listed; run the workflow again"
    )
