"""Which files beside photographs may tell of the faces in them, and their state.

They are tracked like the photographs: a shard's list is an input of the job that reads them, and
is written only where it changed. The Snakefile imports this module, so it needs the standard
library only.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from visage.store.paths import as_path, shard_of

State = tuple[int, int]  # size in bytes and mtime_ns

_PICASA = (".picasa.ini", "Picasa.ini")
_CONTACTS = "contacts.xml"
_DIGIKAM = ("digikam4.db", "digikam4.db-wal")


def notes(
    folder: Path,
    root: Path,
    images: Iterable[str],
    kinds: Collection[str],
    shards: int,
    ours: dict[str, tuple[State, State | None]],
) -> Iterator[tuple[Path, str]]:
    """Say for each shard which files its images' labels are read from: a path and its text.

    Args:
        folder: For one file a shard.
        root: The set's folder.
        images: Of the set.
        kinds: The config's `import_labels`.
        shards: Into how many parts the set is split.
        ours: Sidecars that this program changed last, by their absolute path: their state now, and
            the one before. What it writes itself must not look like news.
    """
    states = _States(root, kinds, ours)
    common = states.common()
    parts: list[list[str]] = [[] for _ in range(shards)]
    for image in images:
        if found := states.beside(image):
            parts[shard_of(image, shards)].append(json.dumps([image, found], ensure_ascii=False))
    for shard, lines in enumerate(parts):
        header = json.dumps({"kinds": sorted(kinds), "common": common}, sort_keys=True)
        yield folder / f"{shard}.jsonl", "\n".join([header, *sorted(lines)]) + "\n"


def read_written(folder: Path) -> dict[str, tuple[State, State | None]]:
    """Read which sidecars this program changed last; see `visage.export.xmp`."""
    found: dict[str, tuple[State, State | None]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                place, after, before = json.loads(line)
                found[place] = (_state(after), _state(before) if before else None)
            except (ValueError, TypeError):
                continue  # cut short: then it looks like news once
    return found


def _state(values: list[int]) -> State:
    size, mtime = values
    return int(size), int(mtime)


class _States:
    """The state of what lies beside images; a folder is looked at once."""

    def __init__(
        self, root: Path, kinds: Collection[str], ours: dict[str, tuple[State, State | None]]
    ) -> None:
        self._root = root
        self._kinds = kinds
        self._ours = ours
        self._folders: dict[str, dict[str, State]] = {}

    def common(self) -> dict[str, State]:
        """Give what tells of the whole set."""
        found = {}
        if "picasa" in self._kinds and (state := state_of(self._root / _CONTACTS)):
            found[_CONTACTS] = state
        if "digikam" in self._kinds:
            here = self._root.resolve()
            for folder in (here, *here.parents):
                states = {name: state_of(folder / name) for name in _DIGIKAM}
                if states[_DIGIKAM[0]]:
                    found |= {name: state for name, state in states.items() if state}
                    break
        return found

    def beside(self, image: str) -> dict[str, State]:
        """Give what tells of one image."""
        path = PurePosixPath(as_path(image))
        folder = str(path.parent)
        if folder not in self._folders:
            self._folders[folder] = self._look(folder)
        there = self._folders[folder]
        if not there:
            return {}
        names = [f"{path.name}.xmp", f"{path.stem}.xmp"] if "xmp" in self._kinds else []
        names += _PICASA if "picasa" in self._kinds else ()
        return {_text(name): there[name] for name in names if name in there}

    def _look(self, folder: str) -> dict[str, State]:
        found = {}
        place = os.path.join(self._root, folder)  # noqa: PTH118 - a Path for each file is slow
        with os.scandir(place) as children:
            for child in children:
                if child.name.endswith(".xmp") or child.name in _PICASA:
                    state = self._seen(child)
                    if state is not None:
                        found[child.name] = state
        return found

    def _seen(self, child: "os.DirEntry[str]") -> State | None:
        """Give a file's state; of what we wrote ourselves the one before."""
        try:
            status = child.stat()
        except OSError:
            return None
        state = status.st_size, status.st_mtime_ns
        after, before = self._ours.get(os.path.abspath(child.path), (None, None))  # noqa: PTH100
        return before if state == after else state


def state_of(path: Path) -> State | None:
    """Give a file's size and time; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _text(name: str) -> str:
    return name.encode(errors="replace").decode()
