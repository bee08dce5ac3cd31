"""People who may be one under two ids."""

from collections.abc import Iterator

from visage.audit.alike import alike
from visage.audit.gallery import Audited, Row, row
from visage.status import Status
from visage.store.paths import nfc


def namesakes(gallery: Audited) -> Iterator[Row]:
    """Different ids with one name in the names file."""
    names = gallery.names
    ids: dict[str, list[str]] = {}
    for person in sorted(set(gallery.everything["person"]) - {""}):
        if names.get(person):
            ids.setdefault(" ".join(names[person].split()).casefold(), []).append(person)
    for people in ids.values():
        for person in people[1:]:
            yield row(
                "namesakes",
                people[0],
                f"both are called {names[person]} in the names file",
                other_person=person,
            )


def alike_ids(gallery: Audited) -> Iterator[Row]:
    """Ids that people take for one; forms of Unicode are joined already."""
    ids: dict[str, list[str]] = {}
    for person in sorted(set(gallery.everything["person"]) - {""}):
        ids.setdefault(nfc(person.casefold()).strip(), []).append(person)
    for first, *others in ids.values():
        for other in others:
            detail = f"{first!r} and {other!r} differ only in letter case or blanks"
            yield row("alike_ids", first, detail, other_person=other)


def perhaps_one(gallery: Audited) -> Iterator[Row]:
    """People who look so much alike that they may be one."""
    clear = (gallery.chosen["status"] != Status.POOR).to_numpy()
    people = gallery.chosen["person"][clear].to_list()
    for person, other, distance in alike(gallery.embeddings[clear], people, gallery.threshold):
        yield row(
            "perhaps_one",
            person,
            f"the means of their photographs are {distance:.2f} apart, as those of one person; if "
            f"they are one, put the line {other}, a tab and {person} into people.tsv",
            other_person=other,
            distance=distance,
        )
