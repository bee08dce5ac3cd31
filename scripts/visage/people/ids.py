"""The ids of people that other programs know by their names only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from visage.people.people import People
from visage.sets.deny import DenyList
from visage.store.names import Performer
from visage.store.paths import nfc


@dataclass
class Ids:
    """Finds a person by a name."""

    names: Mapping[str, Performer]  # the names file
    people: People
    deny: DenyList = field(default_factory=DenyList)

    def __post_init__(self) -> None:
        """Turn the names round."""
        self._known: dict[str, set[str]] = {}
        for person, performer in self.names.items():
            self._add(performer.name, person)
        for person, name in self.people.names.items():
            self._add(name, person)

    def _add(self, name: str, person: str) -> None:
        if name:
            self._known.setdefault(_folded(name), set()).add(self.people.one(person))

    def of(self, name: str) -> str | None:
        """Give the id of a name; the name itself where nobody is known by it.

        None where several people are called so: a guess would be wrong for one of them.
        """
        found = self._known.get(_folded(name), set())
        if len(found) > 1:
            return None
        return next(iter(found)) if found else self.people.one(" ".join(nfc(name).split()))

    def denied(self, name: str) -> bool:
        """Tell whether a person is denied, by the id or by the name."""
        person = self.of(name)
        people = self.people.ids(person) if person else set()
        return any(self.deny.denies("person", one) for one in (name, nfc(name), *people))


def _folded(name: str) -> str:
    return " ".join(nfc(name).split()).casefold()
