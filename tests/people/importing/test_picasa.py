"""Picasa's faces: rectangles, contacts, and files that are none."""

from pathlib import Path

import pytest
from PIL import Image
from visage.people.importing.base import Fault, Found, Picture
from visage.people.importing.picasa import PicasaImporter

INI = """[Picasa]
name=Holiday
[Contacts2]
11aa=Ann;;
[a.jpg]
faces=rect64(1999199980004ccc),11aa;rect64(c000),22bb;rect64(10002000),ffffffffffffffff
backuphash=1
[Jose\u0301.jpg]
faces=rect64(1999199980004ccc),33cc
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (200, 100)).save(tmp_path / "a.jpg")
    (tmp_path / ".picasa.ini").write_text(INI, encoding="utf-8")
    return tmp_path


def test_faces_get_names_from_both_places(folder: Path) -> None:
    (folder / "contacts.xml").write_text(
        '<contacts><contact id="22bb" name="Bob"/><contact id="33cc" display="Cleo"/></contacts>'
    )
    importer = PicasaImporter(folder)
    ann, bob = importer.read(Picture(folder, "a.jpg", 200, 100))
    assert isinstance(ann, Found)
    assert ann.name == "Ann"
    assert ann.box == pytest.approx((20, 10, 80, 20), abs=0.01)
    assert isinstance(bob, Fault)  # left of its right side
    assert "'Bob' has no size" in bob.text
    Image.new("RGB", (10, 10)).save(folder / "Jos\u00e9.jpg")
    (cleo,) = importer.read(Picture(folder, "Jos\u00e9.jpg", 10, 10))
    assert isinstance(cleo, Found)
    assert cleo.name == "Cleo"


def test_contacts_without_a_name_are_told_of(folder: Path) -> None:
    faults = [
        one
        for one in PicasaImporter(folder).read(Picture(folder, "a.jpg", 200, 100))
        if isinstance(one, Fault)
    ]
    assert "contact 22bb" in faults[0].text


@pytest.mark.parametrize(
    "content", ["no section\n", "[a.jpg\nfaces", "\0\0", "[a.jpg]\nfaces\n  re\n"]
)
def test_a_broken_file_is_told_of_once(folder: Path, content: str) -> None:
    (folder / ".picasa.ini").write_text(content)
    (folder / "contacts.xml").write_text("<contacts><contact id=")
    importer = PicasaImporter(folder)
    found = list(importer.read(Picture(folder, "a.jpg", 200, 100)))
    assert len(found) == 2
    assert all(isinstance(one, Fault) for one in found)
    assert list(importer.read(Picture(folder, "a.jpg", 200, 100))) == []
