"""Lines added to `labels.tsv` and taken out of it, safely: locked, and whole or not at all."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from visage.errors import VisageError
from visage.people.labels import (
    COLUMNS,
    Statement,
    cells_of,
    header_of,
    is_remark,
    parse,
    read_labels,
)
from visage.store.files import PRIVATE, replacing

_PATIENCE = 30.0  # seconds to wait for another program that is writing
_SAID = COLUMNS[:8]  # without which a line would say something else


def now() -> str:
    """Give the present second for the column `date`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def append_labels(path: Path, statements: Iterable[Statement]) -> int:
    """Add statements to a labels file, all or none; it is made where there is none.

    What stands there already keeps its bytes. A word that is the last one about its face already is
    not said again.

    Returns:
        How many were added.

    Raises:
        VisageError: The file cannot be written, lacks a column that is needed, or another program
            is writing for too long.
    """
    with _locked(path) as target:
        before = target.read_bytes() if target.exists() else b""
        new = _news(list(dict.fromkeys(statements)), read_labels(target).statements)
        if new:
            _write(target, before + _lines(target, before, new))
        return len(new)


def remove_labels(path: Path, drop: Collection[Statement]) -> int:
    """Delete the lines of the statements in `drop`; all others keep their bytes.

    Returns:
        How many lines went.

    Raises:
        VisageError: As `append_labels`.
    """
    if not path.exists():
        return 0
    with _locked(path) as target:
        content = target.read_bytes()
        kept = list(_kept(target, content, frozenset(drop)))
        count = len(content.splitlines()) - len(kept)
        if count:
            _write(target, b"".join(kept))
        return count


@contextmanager
def _locked(path: Path) -> Iterator[Path]:
    """Give the file behind a link, for oneself alone."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.parent / f".{target.name}.lock", timeout=_PATIENCE, mode=PRIVATE)
        with lock:
            yield target
    except Timeout as error:
        raise VisageError(
            f"labels: another program has been writing {path} for {_PATIENCE:.0f} s. Wait for it, "
            "or end it; nothing was changed."
        ) from error
    except OSError as error:
        raise VisageError(
            f"labels: {path} cannot be written: {error.strerror}; nothing was changed."
        ) from error


def _write(target: Path, content: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else PRIVATE
    with replacing(target, mode) as temporary:
        temporary.write_bytes(content)


def _news(statements: list[Statement], known: list[Statement]) -> list[Statement]:
    """Leave out what the last word about the same face says already."""
    last: dict[tuple, set[tuple]] = {}
    when: dict[tuple, str] = {}
    for one in known:
        if one.date > when.get(one.place, ""):
            when[one.place], last[one.place] = one.date, set()
        if one.date == when.get(one.place, ""):
            last.setdefault(one.place, set()).add(one.word)
    return [one for one in statements if last.get(one.place) != {one.word}]


def _lines(path: Path, before: bytes, statements: list[Statement]) -> bytes:
    columns: Sequence[str] | None = header_of(path, before)
    end = "\r\n" if b"\r\n" in before else "\n"
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator=end)
    if before and not before.endswith(b"\n"):
        text.write(end)  # a last line without an end must not swallow the next one
    if columns is None:
        columns = COLUMNS
        writer.writerow(columns)
    for name in _SAID:
        if name not in columns and any(cells_of(one, [name]) != [""] for one in statements):
            raise VisageError(
                f"labels: {path} has no column {name}. Add it to the first line; nothing was added."
            )
    writer.writerows(cells_of(one, columns) for one in statements)
    return text.getvalue().encode()


def _kept(path: Path, content: bytes, drop: frozenset[Statement]) -> Iterator[bytes]:
    columns: list[str] | None = None
    for line in content.splitlines(keepends=True):
        plain = line.rstrip(b"\r\n")
        if not is_remark(plain):
            if columns is None:
                columns = header_of(path, plain)
            elif _says_one_of(columns, plain, drop):
                continue
        yield line


def _says_one_of(columns: list[str] | None, line: bytes, drop: frozenset[Statement]) -> bool:
    try:
        return parse(columns or COLUMNS, line) in drop
    except ValueError:
        return False
