"""Tables for people and spreadsheets: any reader of CSV gives them back, none runs them."""

import csv
import heapq
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from visage.store.files import PUBLIC, replacing
from visage.store.text import STARTS, guard, unguard

if TYPE_CHECKING:
    import pandas as pd

_QUOTED = re.compile(r'[\t\n\r"]')
_RUN = 20_000  # rows that are sorted in memory at a time
_OPEN = 64  # sorted runs that are merged at a time
Row = TypeVar("Row", bound=Sequence[str])


def write_tsv(path: Path, frame: "pd.DataFrame", mode: int = PUBLIC) -> None:
    """Write `frame` with a header and without an index.

    Fields that hold a tab, a quote or a line's end are quoted, so any CSV reader gives them back;
    texts that a spreadsheet would run get an apostrophe in front, see `visage.store.text.guard`.
    """
    # Python's csv module does not quote a lone carriage return, which readers take for a line's
    # end; a table that holds one has all its texts quoted.
    texts = frame.select_dtypes(["object", "str"]).columns
    frame = frame.assign(**{c: frame[c].map(_guarded, na_action="ignore") for c in texts})
    odd = any(frame[column].astype(str).str.contains("\r").any() for column in texts)
    with replacing(path, mode) as temporary:
        frame.to_csv(
            temporary,
            sep="\t",
            index=False,
            lineterminator="\n",
            quoting=csv.QUOTE_NONNUMERIC if odd else csv.QUOTE_MINIMAL,
            encoding="utf-8",
        )


def _guarded(value: object) -> object:
    return guard(value) if isinstance(value, str) else value


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a table that `write_tsv` or `write_rows` wrote, a text a column.

    Raises:
        FileNotFoundError: There is none.
    """
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield {name: unguard(cell or "") for name, cell in row.items()}


def format_row(cells: Collection[str], separator: str = "\t") -> str:
    """Give one line without its end, quoted and guarded as in `write_tsv`."""
    line = separator.join(cells)
    if line.count(separator) == len(cells) - 1 and not _odd(separator).search(line):
        return line
    return separator.join(_quoted(guard(cell), separator) for cell in cells)


@cache
def _odd(separator: str) -> re.Pattern[str]:
    """Find where a cell may have to be quoted or guarded; most lines have no such cell."""
    within = '\t\n\r"'.replace(separator, "")
    return re.compile(rf"[{within}]|(?:^|{re.escape(separator)})'*[{STARTS}]")


def _quoted(cell: str, separator: str) -> str:
    if _QUOTED.search(cell) or separator in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], mode: int = PUBLIC
) -> int:
    """Write rows of texts as they come, however many there are; give how many there were."""
    count = 0
    with replacing(path, mode) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(format_row(columns) + "\n")
        for row in rows:
            file.write(format_row(row) + "\n")
            count += 1
    return count


def sorted_rows(
    rows: Iterable[Row], key: Callable[[Row], tuple], folder: Path, run: int = _RUN
) -> Iterator[list[str]]:
    """Sort rows of texts, however many there are, in the memory that `run` of them take.

    Args:
        rows: Rows of texts of one length.
        key: What they are sorted by; it is asked again for rows that were on the disk.
        folder: Where temporary files may lie; they are the owner's alone.
        run: Rows that are in memory at a time.
    """
    source = iter(rows)
    with ExitStack() as stack:
        files: list[TextIO] = []
        while part := sorted(islice(source, run), key=key):
            if not files and len(part) < run:
                yield from map(list, part)
                return
            files.append(_spilled(stack, folder, part))
            if len(files) == _OPEN:
                files = [_spilled(stack, folder, _merged(files, key))]
        yield from _merged(files, key)


def _spilled(stack: ExitStack, folder: Path, rows: Iterable[Sequence[str]]) -> TextIO:
    # Without a name, so that a kill leaves nothing.
    temporary = tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=folder)  # noqa: SIM115
    file = stack.enter_context(temporary)
    csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    file.seek(0)
    return file


def _merged(files: list[TextIO], key: Callable[..., tuple]) -> Iterator[list[str]]:
    yield from heapq.merge(*(csv.reader(file, delimiter="\t") for file in files), key=key)
    for file in files:
        file.close()
