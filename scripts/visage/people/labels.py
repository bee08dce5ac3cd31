"""`labels.tsv`: what people said about faces, one line a statement.

The file is for people and programs and fit for git: lines are only ever added, what others wrote
stays as it is, and which line stands where means nothing.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from visage.errors import VisageError
from visage.store.paths import nfc
from visage.store.text import guard, unguard
from visage.types import Box

COLUMNS = ("sha256", "image", "x", "y", "w", "h", "person", "say", "source", "date")
_HASH = frozenset("0123456789abcdef")
_SHOWN = 60  # characters of a cell in a message
_BOM = b"\xef\xbb\xbf"


class Say(StrEnum):
    """What a statement says of a face."""

    IS = "is"  # it is this person's, and counts in the gallery
    NOT = "not"  # it is not this person's, and never will be
    IGNORE = "ignore"  # it counts nowhere


@dataclass(frozen=True)
class Statement:
    """One statement about one face. Ids and paths are in Unicode's composed form."""

    sha256: str  # of the image file, lower case; "" where only the path is known
    image: str  # path relative to its set: for people, and where there is no SHA-256
    box: Box | None  # pixels of the upright image; None: its most prominent face
    person: str  # id; "" for `ignore`
    say: Say
    source: str = ""  # who said so: a person's review, or the program it was imported from
    date: str = ""  # ISO 8601; the later of two statements about one face counts

    @property
    def place(self) -> tuple[str, str, Box | None]:
        """What it is about. The path is only where there is no SHA-256."""
        return (self.sha256, "" if self.sha256 else self.image, self.box)

    @property
    def word(self) -> tuple[str, Say]:
        """What it says."""
        return (self.person, self.say)


@dataclass(frozen=True)
class Problem:
    """A line that says nothing, and why."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.file}, line {self.line}: {self.text}"


@dataclass
class Labels:
    """What a labels file holds."""

    statements: list[Statement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_labels(path: Path | None) -> Labels:
    """Read a labels file line by line; one that does not exist says nothing.

    Lines that cannot be understood are told of in `problems`; all others count.

    Raises:
        VisageError: The file cannot be read, or its first line does not name the columns.
    """
    if path is None:
        return Labels()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Labels()
    except OSError as error:
        raise VisageError(f"labels: {path} cannot be read: {error.strerror}.") from error
    labels = Labels()
    columns: list[str] | None = None
    for number, line in enumerate(content.removeprefix(_BOM).splitlines(), start=1):
        if is_remark(line):
            continue
        if columns is None:
            columns = read_header(path, line)
            continue
        try:
            labels.statements.append(parse(columns, line))
        except ValueError as error:
            labels.problems.append(Problem(str(path), number, str(error)))
    return labels


def is_remark(line: bytes) -> bool:
    """Tell whether a line is empty or a remark."""
    return not line.strip() or line.startswith(b"#")


def header_of(path: Path, content: bytes) -> list[str] | None:
    """Give the columns that a labels file names, None where it has no line yet."""
    lines = content.removeprefix(_BOM).splitlines()
    first = next((line for line in lines if not is_remark(line)), None)
    return None if first is None else read_header(path, first)


def read_header(path: Path, line: bytes) -> list[str]:
    """Read the first line.

    Raises:
        VisageError: A column is missing without which no line says anything.
    """
    try:
        columns = _cells(line)
    except ValueError as error:
        raise VisageError(f"labels: {path}: its first line cannot be read: {error}.") from error
    missing = [name for name in ("person", "say") if name not in columns]
    missing += [] if {"sha256", "image"} & set(columns) else ["sha256"]
    if missing:
        raise VisageError(
            f"labels: {path}: its first line names no column {', '.join(missing)}. It must hold, "
            f"with a tab between them: {' '.join(COLUMNS)}."
        )
    return columns


def _cells(line: bytes) -> list[str]:
    """Split one line. A quote that is not closed must not swallow the lines after it."""
    try:
        return next(csv.reader([line.decode()], delimiter="\t", strict=True), [])
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except csv.Error as error:
        raise ValueError(f"it is no line of a TSV ({error})") from error


def parse(columns: Sequence[str], line: bytes) -> Statement:
    """Read one line.

    Raises:
        ValueError: What is wrong with it.
    """
    cells = _cells(line)
    if len(cells) > len(columns):
        raise ValueError(f"it has {len(cells)} fields; the first line names {len(columns)}")
    row = {name: nfc(unguard(cell)).strip() for name, cell in zip(columns, cells, strict=False)}
    sha256, image = row.get("sha256", "").lower(), row.get("image", "")
    if sha256 and (len(sha256) != 64 or not _HASH.issuperset(sha256)):
        raise ValueError(f"sha256 is {sha256!r:.{_SHOWN}}; it has 64 digits from 0 to f")
    if not sha256 and not image:
        raise ValueError("neither sha256 nor image says which photograph it is about")
    say = _say(row.get("say", ""))
    person = row.get("person", "")
    if not person and say is not Say.IGNORE:
        raise ValueError(f"say is {say.value!r}, but no person is named")
    told = row.get("source", ""), row.get("date", "")
    return Statement(sha256, image, _box(row), "" if say is Say.IGNORE else person, say, *told)


def _say(text: str) -> Say:
    try:
        return Say(text)
    except ValueError:
        words = ", ".join(Say)
        raise ValueError(f"say is {text!r:.{_SHOWN}}; it must be one of {words}") from None


def _box(row: Mapping[str, str]) -> Box | None:
    texts = [row.get(name, "") for name in "xywh"]
    if not any(texts):
        return None
    try:
        box = Box(*map(float, texts))
    except ValueError:
        raise ValueError(f"x, y, w, h are {texts}; they must be numbers, or all empty") from None
    if not all(map(math.isfinite, box)) or box.w <= 0 or box.h <= 0:
        raise ValueError(f"x, y, w, h are {texts}; w and h must be above 0, and all four finite")
    return box


def cells_of(statement: Statement, columns: Sequence[str] = COLUMNS) -> list[str]:
    """Give the cells of a statement's line; columns that are not ours stay empty."""
    box = statement.box
    cells = {
        "sha256": statement.sha256,
        "image": guard(statement.image),
        "person": guard(statement.person),
        "say": statement.say.value,
        "source": guard(statement.source),
        "date": statement.date,
        **(
            {name: f"{round(value, 2):.10g}" for name, value in box._asdict().items()}
            if box
            else {}
        ),
    }
    return [cells.get(name, "") for name in columns]
