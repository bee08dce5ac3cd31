"""The names file with the ids of `people.tsv` joined, for all that show names."""

import json
import logging
from pathlib import Path
from typing import Any

from visage.people.people import read_people
from visage.store.files import PRIVATE, write_text
from visage.store.names import Performer, read_names

log = logging.getLogger(__name__)


def merge_names(people: Path, names: Path | None, output: Path) -> None:
    """Write a names file in which each person has one id.

    What `people.tsv` calls a person stands above the names file; an id that has no name of its own
    gets that of one that is the same person.

    Args:
        people: The config's `people`.
        names: The config's `names`.
        output: The names file to write.
    """
    joined = read_people(people)
    for problem in joined.problems:
        log.warning("%s", problem)
    merged: dict[str, dict[str, Any]] = {}
    known = read_names(names)
    own_first = sorted(known, key=lambda person: (joined.one(person) != person, person))
    for person in own_first:
        entry = merged.setdefault(joined.one(person), {})
        for field, value in _entry(known[person]).items():
            entry.setdefault(field, value)
    for person, name in joined.names.items():
        merged.setdefault(person, {})["name"] = name
    text = json.dumps(merged, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(output, text + "\n", PRIVATE)
    log.info("%d people, %d ids joined", len(merged), len(joined.same_as))


def _entry(performer: Performer) -> dict[str, Any]:
    fields = {
        "name": performer.name,
        "image": performer.image,
        "country": performer.country,
        "endpoint": performer.endpoint,
        "aliases": list(performer.aliases),
    }
    return {field: value for field, value in fields.items() if value}
