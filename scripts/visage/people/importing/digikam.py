"""People in digiKam's database `digikam4.db`, read only, also while digiKam has it open."""

import logging
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, quote

from visage.people.importing.base import Fault, Found, Picture
from visage.people.labels import Say
from visage.store.paths import nfc
from visage.types import Box

log = logging.getLogger(__name__)

DATABASE = "digikam4.db"
_VISIBLE = 1  # Images.status
_WAL = b"\x02\x02"  # bytes 18 and 19 of a database that keeps a write-ahead log
_PATIENCE = 30.0  # seconds that digiKam may be writing
_RECT = re.compile(r'<rect x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"')
_FACES = """
    SELECT root.identifier, root.specificPath, album.relativePath, image.name,
           region.tagid, tag.name, region.value
    FROM ImageTagProperties AS region
    JOIN Images AS image ON image.id = region.imageid
    JOIN Albums AS album ON album.id = image.album
    JOIN AlbumRoots AS root ON root.id = album.albumRoot
    JOIN Tags AS tag ON tag.id = region.tagid
    WHERE region.property = 'tagRegion' AND image.status = ?
    ORDER BY region.imageid, region.tagid, region.value
"""
# Tags that stand for nobody, by their property.
_KINDS = "SELECT tagid, property FROM TagProperties WHERE property LIKE '%Person'"
_NOBODY = {"unknownPerson", "unconfirmedPerson"}
_IGNORED = "ignoredPerson"


def database_of(root: Path) -> Path | None:
    """Give digiKam's database in a set's folder or in one above it."""
    here = root.resolve()
    places = (folder / DATABASE for folder in (here, *here.parents))
    return next((path for path in places if path.is_file()), None)


class DigikamImporter:
    """Reads the faces that were confirmed in digiKam, and those that are to be ignored there."""

    source = "digikam"

    def __init__(self, root: Path) -> None:
        """Read the database once; it is small beside the photographs."""
        self._faults: list[Fault] = []
        self._faces: dict[str, list[Found]] = {}
        path = database_of(root)
        if path is None:
            self._faults.append(
                Fault(f"import_labels: there is no {DATABASE} in {root.absolute()} or above it")
            )
            return
        try:
            self._load(path, root)
        except (sqlite3.Error, OSError) as error:
            self._faults.append(
                Fault(
                    f"{path} is not used: {error}. It must be an SQLite database of digiKam 5 to 8"
                )
            )

    def read(self, picture: Picture) -> Iterator[Found | Fault]:
        """Give the faces of a picture; its boxes are of the upright picture, as ours."""
        yield from self._faults
        self._faults = []
        yield from self._faces.get(_key(picture.path), [])

    def _load(self, path: Path, root: Path) -> None:
        with _opened(path) as database:
            kinds = dict(database.execute(_KINDS))
            rows = database.execute(_FACES, (_VISIBLE,)).fetchall()
        for identifier, specific, album, name, tag, person, value in rows:
            kind = kinds.get(tag)
            if kind in _NOBODY:
                continue
            rectangle = _RECT.search(value or "")
            where = PurePosixPath(album.strip("/"), name)
            if not rectangle or "0" in rectangle.groups()[2:]:
                self._faults.append(Fault(f"{path}: a face of {person!r} in {where} has no size"))
                continue
            say = Say.IGNORE if kind == _IGNORED else Say.IS
            found = Found(
                "" if say is Say.IGNORE else person, Box(*map(float, rectangle.groups())), say
            )
            for folder in _roots(identifier, specific, path.parent, root):
                faces = self._faces.setdefault(_key(folder / where), [])
                if found not in faces:
                    faces.append(found)


def _key(path: Path) -> str:
    return nfc(os.path.realpath(path))


def _roots(identifier: str, specific: str, beside: Path, root: Path) -> set[Path]:
    """Give where a collection may lie: where digiKam says, around the database, above the set."""
    given = parse_qs(identifier.partition("?")[2]).get("path", [])
    below = specific.strip("/")
    found = {Path(path, below) for path in given}
    found.add(beside)
    here = root.resolve()
    found |= {
        folder
        for folder in (here, *here.parents)
        if below and folder.as_posix().endswith(f"/{below}")
    }
    return found


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database without writing anything beside it.

    SQLite makes files beside a database with a write-ahead log even to read it, so of such a one
    that a crash left behind a copy is read.
    """
    with path.open("rb") as file:
        logged = file.read(20)[18:] == _WAL
    log_file, shared = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if logged and log_file.exists() and not shared.exists():
        with tempfile.TemporaryDirectory(prefix="visage-digikam-") as folder:
            for part in (path, log_file):
                shutil.copyfile(part, Path(folder, part.name))
            with closing(sqlite3.connect(Path(folder, path.name))) as database:
                yield database
        return
    how = "immutable=1" if logged and not log_file.exists() else "mode=ro"
    address = f"file:{quote(str(path))}?{how}"
    with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as database:
        yield database
