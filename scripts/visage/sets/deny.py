"""The deny list: people and photographs that must not come back.

The Snakefile imports this module, so it needs the standard library only.

A TSV with the columns `kind`, `value` and `since`. `forget` writes salted hashes, so that the
list does not itself keep the names of those it protects; lines written by hand may hold plain
values. Kinds: `person` (id), `image` (set and path: `queries/a/b.jpg`, or a page or tile of it:
`queries/scan.tif#2`), `content` (SHA-256 of the file, whatever it is called and wherever it lies),
and one line `salt`.
"""

import csv
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from visage.errors import VisageError
from visage.sets.listing import Entry, label_of
from visage.store.files import PRIVATE, replacing
from visage.store.parts import file_of
from visage.store.paths import forms, nfc

KINDS = ("person", "image", "content")
DEFAULT = "config/deny.tsv"
_HASHED = "hmac-sha256:"
_COLUMNS = ["kind", "value", "since"]


@dataclass
class DenyList:
    """Who and what is left out."""

    salt: str = ""
    lines: list[tuple[str, str, str]] = field(default_factory=list)  # kind, value, since

    def __post_init__(self) -> None:
        """Sort the values by kind."""
        self._values: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for kind, value, _ in self.lines:
            self._values[kind].add(nfc(value))
        self._labels: dict[str, bool] = {}
        self._used: set[tuple[str, str]] = set()  # what denied something: kind, value

    def denies(self, kind: str, value: str) -> bool:
        """Tell whether a person, an image (`<set>/<path>`) or a content (SHA-256) is denied.

        In whatever form of Unicode it is written here or there.
        """
        values = self._values[kind]
        if not values:
            return False
        if nfc(value) in values:
            self._used.add((kind, nfc(value)))
            return True
        return any(self._hash(kind, form) in values for form in forms(value))

    def unused(self) -> list[tuple[str, str]]:
        """Give the people and images denied by hand of whom nothing was asked: typing errors.

        What `forget` wrote is a hash, and may well be gone.
        """
        plain = {(k, nfc(v)) for k, v, _ in self.lines if not v.startswith(_HASHED)}
        # What pages and tiles a file has is only known when it is read.
        return sorted((k, v) for k, v in plain - self._used if k != "content" and file_of(v) == v)

    def leaves_out(self, name: str, entry: Entry) -> bool:
        """Tell whether an image of the set `name` must not be listed."""
        if not self.lines:
            return False
        if name == "gallery" and self._values["person"]:
            label = label_of(entry.image)
            if label not in self._labels:
                self._labels[label] = bool(label) and self.denies("person", label)
            if self._labels[label]:
                return True
        paths = {entry.image, entry.vector or entry.image}
        return any(self.denies("image", f"{name}/{path}") for path in paths)

    def images(self) -> str | None:
        """Give a digest of the denied images and contents; None where there are none."""
        values = sorted(self._values["image"] | self._values["content"])
        return hashlib.sha256("\n".join(values).encode()).hexdigest() if values else None

    def add(self, kind: str, value: str) -> None:
        """Deny one thing more, as a salted hash."""
        self.salt = self.salt or secrets.token_hex(16)
        if not self.denies(kind, value):
            hashed = self._hash(kind, nfc(value))
            self._values[kind].add(hashed)
            self._labels.clear()
            self.lines.append((kind, hashed, date.today().isoformat()))

    def _hash(self, kind: str, value: str) -> str:
        text = f"{kind}\0{value}".encode()
        return _HASHED + hmac.digest(self.salt.encode(), text, "sha256").hex()


def read_deny(path: str | None) -> DenyList:
    """Read the deny list `path`; None, or the default where there is no such file, denies nothing.

    Raises:
        VisageError: Another file than the default is missing, or a line cannot be understood: no
            photograph may come back because of a typing error.
    """
    if path is None:
        return DenyList()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if path == DEFAULT:
            return DenyList()
        raise VisageError(
            f"deny: there is no file {Path(path).absolute()}. Correct the path, or make an empty "
            "file there if nobody is to be left out yet."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise VisageError(f"deny: {path} cannot be read: {error}.") from error
    return _parse(path, text)


def _parse(path: str, text: str) -> DenyList:
    salt, lines = "", []
    try:
        rows = list(csv.reader(text.splitlines(), delimiter="\t"))
    except csv.Error as error:
        raise VisageError(f"deny: {path} is not a TSV: {error}.") from error
    for number, row in enumerate(rows, start=1):
        if not row or row == _COLUMNS or row[0].startswith("#"):
            continue
        kind, value, since = (*row, "", "")[:3]
        if kind not in (*KINDS, "salt") or not value:
            raise VisageError(
                f"deny: {path}, line {number}: a line must hold, with a tab between them, one of "
                f"{', '.join(KINDS)} and a value; this one holds {row!r:.80}."
            )
        if kind == "salt":
            salt = value
        else:
            lines.append((kind, value, since))
    if not salt and any(value.startswith(_HASHED) for _, value, _ in lines):
        raise VisageError(
            f"deny: {path} has lost its line `salt`, without which its hashes mean nothing. Bring "
            "the line back from a backup, or deny the same people again by hand."
        )
    return DenyList(salt, lines)


def write_deny(path: Path, deny: DenyList) -> None:
    """Write the deny list, readable by its owner only."""
    with replacing(path, PRIVATE) as temporary, temporary.open("w", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerow(["salt", deny.salt, ""])
        writer.writerows(deny.lines)
