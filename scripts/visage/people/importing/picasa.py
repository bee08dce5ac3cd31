"""People in `.picasa.ini`, with names from `contacts.xml` or the file's own `[Contacts2]`."""

import configparser
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from visage.people.importing.base import Fault, Found, Picture
from visage.people.turning import Area
from visage.store.paths import nfc

_FACE = re.compile(r"rect64\(([0-9a-fA-F]{1,16})\),([0-9a-fA-F]+)")
_NOBODY = "ffffffffffffffff"
_FILES = (".picasa.ini", "Picasa.ini")
CONTACTS = "contacts.xml"  # from Picasa's own folder (Google/Picasa2/contacts)


class PicasaImporter:
    """Reads Picasa's faces."""

    source = "picasa"

    def __init__(self, root: Path) -> None:
        """Read the contacts, which are to be copied into the set's folder."""
        self._faults: list[Fault] = []
        self._names = self._contacts(root / CONTACTS)
        self._folder = lru_cache(maxsize=64)(self._read_folder)

    def read(self, picture: Picture) -> Iterator[Found | Fault]:
        """Give the faces of a picture that have a name."""
        yield from self._faults
        self._faults = []
        faces, names, faults = self._folder(picture.path.parent)
        yield from faults
        faults.clear()
        for rectangle, contact in _FACE.findall(faces.get(nfc(picture.path.name), "")):
            if contact == _NOBODY:
                continue
            name = self._names.get(contact) or names.get(contact)
            if not name:
                yield Fault(
                    f".picasa.ini: nobody says who contact {contact} is; copy {CONTACTS} from "
                    "Picasa's folder into the set's"
                )
                continue
            area = _area(rectangle)
            if area.w <= 0 or area.h <= 0:
                yield Fault(f".picasa.ini: a face of {name!r} has no size")
            else:
                yield Found(name, picture.box(area))

    def _contacts(self, path: Path) -> dict[str, str]:
        if not path.is_file():
            return {}
        try:
            contacts = list(parse(path).iter("contact"))
        except (ParseError, DefusedXmlException, OSError, ValueError) as error:
            self._faults.append(Fault(f"{path} is not used: {error}"))
            return {}
        pairs = ((one.get("id", ""), one.get("name") or one.get("display", "")) for one in contacts)
        return {contact: name for contact, name in pairs if contact and name}

    def _read_folder(self, folder: Path) -> tuple[dict[str, str], dict[str, str], list[Fault]]:
        """Give a folder's faces by file name, its own contacts, and what is wrong with the file."""
        path = next((folder / name for name in _FILES if (folder / name).is_file()), None)
        if path is None:
            return {}, {}, []
        parser = configparser.ConfigParser(
            strict=False, interpolation=None, allow_no_value=True, delimiters=("=",)
        )
        try:
            parser.read_string(path.read_text(encoding="utf-8-sig", errors="replace"))
        # An indented line after one without a value: configparser wants to add to None.
        except (configparser.Error, AttributeError, OSError) as error:
            return {}, {}, [Fault(f"{path} is not used: {error}".replace("\n", " "))]
        faces = {nfc(name): parser[name].get("faces") or "" for name in parser.sections()}
        own = dict(parser["Contacts2"]) if parser.has_section("Contacts2") else {}
        names = {contact: (value or "").split(";")[0] for contact, value in own.items()}
        return faces, names, []


def _area(rectangle: str) -> Area:
    """Read left, top, right, bottom of the stored picture, each in 16 bits; zeros go unwritten."""
    number = int(rectangle, 16)
    left, top, right, bottom = ((number >> shift & 0xFFFF) / 65536 for shift in (48, 32, 16, 0))
    return Area(left, top, right - left, bottom - top)
