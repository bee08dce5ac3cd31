"""digiKam's database: confirmed and ignored faces, also while digiKam writes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from visage.people.importing.base import Fault, Found, Picture
from visage.people.importing.digikam import DATABASE, DigikamImporter
from visage.people.labels import Say
from visage.types import Box

# The part of digiKam 8's schema that tells of faces.
SCHEMA = """
CREATE TABLE AlbumRoots (id INTEGER PRIMARY KEY, label TEXT, status INTEGER, type INTEGER,
    identifier TEXT, specificPath TEXT, UNIQUE(identifier, specificPath));
CREATE TABLE Albums (id INTEGER PRIMARY KEY, albumRoot INTEGER, relativePath TEXT, date DATE,
    caption TEXT, collection TEXT, icon INTEGER, modificationDate DATETIME);
CREATE TABLE Images (id INTEGER PRIMARY KEY, album INTEGER, name TEXT, status INTEGER,
    category INTEGER, modificationDate DATETIME, fileSize INTEGER, uniqueHash TEXT);
CREATE TABLE Tags (id INTEGER PRIMARY KEY, pid INTEGER, name TEXT, icon INTEGER, iconkde TEXT);
CREATE TABLE TagProperties (tagid INTEGER, property TEXT, value TEXT);
CREATE TABLE ImageTagProperties (imageid INTEGER, tagid INTEGER, property TEXT, value TEXT);
INSERT INTO Albums VALUES (1, 1, '/', NULL, '', '', 0, NULL);
INSERT INTO Albums VALUES (2, 1, '/2019', NULL, '', '', 0, NULL);
INSERT INTO Images VALUES (1, 1, 'a.jpg', 1, 1, NULL, 1, ''), (2, 2, 'b.jpg', 1, 1, NULL, 1, ''),
    (3, 2, 'gone.jpg', 3, 1, NULL, 1, '');
INSERT INTO Tags VALUES (1, 0, 'Ann', 0, ''), (2, 0, 'Unknown', 0, ''), (3, 0, 'Ignored', 0, ''),
    (4, 0, 'Bob', 0, '');
INSERT INTO TagProperties VALUES (1, 'person', ''), (2, 'person', ''), (2, 'unknownPerson', ''),
    (3, 'ignoredPerson', ''), (4, 'faceEngineId', 'x');
INSERT INTO ImageTagProperties VALUES
    (1, 1, 'tagRegion', '<rect x="1" y="2" width="30" height="40"/>'),
    (1, 2, 'tagRegion', '<rect x="5" y="2" width="30" height="40"/>'),
    (1, 4, 'autodetectedPerson', '<rect x="9" y="2" width="30" height="40"/>'),
    (2, 3, 'tagRegion', '<rect x="7" y="8" width="9" height="10"/>'),
    (2, 4, 'tagRegion', '<rect x="7" y="8" width="0" height="10"/>'),
    (3, 1, 'tagRegion', '<rect x="7" y="8" width="9" height="10"/>');
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    library = tmp_path / "home" / "Pictures"
    (library / "2019").mkdir(parents=True)
    with closing(sqlite3.connect(library / DATABASE)) as database:
        database.executescript(SCHEMA)
        database.execute(
            "INSERT INTO AlbumRoots VALUES (1, 'P', 0, 1, 'volumeid:?uuid=1-2', '/home/Pictures')"
        )
        database.commit()
    return library


def read(root: Path, image: str) -> list[Found | Fault]:
    return list(DigikamImporter(root).read(Picture(root, image, 100, 100)))


ANN = Found("Ann", Box(1, 2, 30, 40))
IGNORED = Found("", Box(7, 8, 9, 10), Say.IGNORE)


def test_confirmed_and_ignored_faces_are_read(library: Path) -> None:
    fault, ann = read(library, "a.jpg")
    assert ann == ANN
    assert isinstance(fault, Fault)
    assert "'Bob'" in fault.text
    assert read(library, "2019/b.jpg")[1:] == [IGNORED]
    assert read(library / "2019", "b.jpg")[1:] == [IGNORED]  # a part of the library is the set
    assert read(library, "2019/gone.jpg")[1:] == []


def test_a_database_elsewhere_says_where_its_collection_lies(library: Path, tmp_path: Path) -> None:
    database = tmp_path / DATABASE
    (library / DATABASE).rename(database)
    assert ANN in read(library, "a.jpg")  # by the end of its path
    with closing(sqlite3.connect(database)) as opened:
        opened.execute(
            "UPDATE AlbumRoots SET specificPath = '/', identifier = ?",
            (f"volumeid:?path={library}",),
        )
        opened.commit()
    assert ANN in read(library, "a.jpg")


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_it_is_read_while_digikam_has_it_open_and_nothing_is_written(
    library: Path, journal: str
) -> None:
    with closing(sqlite3.connect(library / DATABASE)) as digikam:
        digikam.execute(f"PRAGMA journal_mode = {journal}")
        digikam.execute("UPDATE Tags SET name = 'Anna' WHERE id = 1")
        digikam.commit()
        digikam.execute("UPDATE Tags SET name = 'not yet' WHERE id = 1")
        before = sorted(path.name for path in library.iterdir())
        assert Found("Anna", ANN.box) in read(library, "a.jpg")
        assert sorted(path.name for path in library.iterdir()) == before
    before = sorted(path.name for path in library.iterdir())
    assert Found("Anna", ANN.box) in read(library, "a.jpg")
    assert sorted(path.name for path in library.iterdir()) == before


def test_what_a_crash_left_is_read_from_a_copy(library: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(library / DATABASE)) as digikam:
        digikam.execute("PRAGMA journal_mode = WAL")
        digikam.execute("UPDATE Tags SET name = 'Anna' WHERE id = 1")
        digikam.commit()
        crashed = tmp_path / "crashed" / "home" / "Pictures"
        crashed.mkdir(parents=True)
        for name in (DATABASE, f"{DATABASE}-wal"):
            (crashed / name).write_bytes((library / name).read_bytes())
    assert Found("Anna", ANN.box) in read(crashed, "a.jpg")
    assert sorted(path.name for path in crashed.iterdir()) == [DATABASE, f"{DATABASE}-wal"]


def test_what_is_no_database_of_digikam_is_told_of(library: Path) -> None:
    with closing(sqlite3.connect(library / DATABASE)) as database:
        database.execute("DROP TABLE ImageTagProperties")
        database.commit()
    (fault,) = read(library, "a.jpg")
    assert isinstance(fault, Fault)
    assert "no such table" in fault.text
    (library / DATABASE).write_bytes(b"SQLite format 3\0" + b"half" * 50)
    (fault,) = read(library, "a.jpg")
    assert isinstance(fault, Fault)
    (library / DATABASE).unlink()
    (fault,) = read(library, "a.jpg")
    assert isinstance(fault, Fault)
    assert f"no {DATABASE}" in fault.text
