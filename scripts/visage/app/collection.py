"""What the page is about: the photographs of both sets, who is in them, and what was said."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from visage.app.problem import Problem
from visage.app.stamps import Fresh
from visage.config import Config
from visage.layout import GALLERY, SETS, Results
from visage.store.names import read_names
from visage.store.tables import read_table

LONGEST = 200  # characters of an id that is made of what somebody typed
_IN_BRACKETS = re.compile(r".*\((?P<id>.+)\)")


@dataclass(frozen=True)
class Place:
    """A photograph of a set."""

    set: str
    image: str  # path relative to the set's folder


class Collection:
    """The photographs, people and labels that a config and its results speak of."""

    def __init__(self, config: Config, names: Path | None) -> None:
        """Look at nothing yet."""
        self.config = config
        self.results = Results(Path(config.results))
        self.names_file = names
        self._hashes = Fresh(self._tables, self._read_hashes)
        self._people = Fresh(lambda: [self.results.faces, names], self._read_people)

    @property
    def labels(self) -> Path:
        """The file of what people said."""
        return Path(self.config.labels)

    def folder(self, name: str) -> Path:
        """Give the folder of a set."""
        return Path(self.config.folder(name))

    def _tables(self) -> list[Path | None]:
        shards = range(self.config.shards)
        return [self.results.set(name).table(shard) for name in SETS for shard in shards]

    def _read_hashes(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for name in SETS:
            for shard in range(self.config.shards):
                path = self.results.set(name).table(shard)
                if path.exists():
                    table = read_table(path, ["sha256", "image"]).filter(pc.field("sha256") != "")
                    pairs = zip(*(table[c].to_pylist() for c in ("sha256", "image")), strict=True)
                    found |= {sha256: Place(name, image) for sha256, image in pairs}
        return found

    def find(self, sha256: str) -> Place | None:
        """Find a photograph by its content."""
        return self._hashes.get().get(sha256)

    def people(self) -> dict[str, str]:
        """Give the name of everybody in the gallery, by their id."""
        return self._people.get()

    def _read_people(self) -> dict[str, str]:
        if not self.results.faces.exists():
            return {}
        ids = pc.unique(read_table(self.results.faces, ["person"])["person"]).to_pylist()
        names = read_names(self.names_file)
        known = {person: names[person].name for person in ids if person in names}
        return {person: known.get(person) or person for person in sorted(filter(None, ids))}

    def person(self, text: str) -> str:
        """Give the id of whom somebody means: an id, a name, or "Name (id)"; else it is new.

        Raises:
            Problem: It can be no id, or several people have the name.
        """
        text, people = text.strip(), self.people()
        if text in people:
            return text
        brackets = _IN_BRACKETS.fullmatch(text)
        if brackets and brackets["id"] in people:
            return brackets["id"]
        called = [one for one, name in people.items() if name.casefold() == text.casefold()]
        if len(called) > 1:
            raise Problem(409, f"Several people are called {text}: choose one by their id.")
        return called[0] if called else _new_id(text)

    def new_place(self, person: str, name: str, sha256: str) -> Path:
        """Give the path of a photograph that is to become one of a person's in the gallery."""
        suffix = Path(name).suffix.lower()
        suffix = suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".jpg"
        first, *_ = self.config.folders(GALLERY)
        return Path(first, person, f"{sha256[:16]}{suffix}")


def _new_id(text: str) -> str:
    bad = not text or text.startswith((".", "-")) or len(text) > LONGEST
    if bad or any(sign in '/\\\0<>:"|?*' or not sign.isprintable() for sign in text):
        raise Problem(
            400,
            f"{text[:LONGEST]!r} can be nobody's name here: it becomes the name of a folder. "
            'Leave out / \\ < > : " | ? *, and begin with a letter.',
        )
    return text
