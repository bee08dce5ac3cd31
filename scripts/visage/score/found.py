"""How many faces have a name: what a run says at its end."""

from pathlib import Path

import pyarrow as pa

from visage.status import Verdict
from visage.store.arrow import equal
from visage.store.tables import read_table

_NAMED = (Verdict.GIVEN, Verdict.MATCH)


def count_found(matches: list[Path]) -> dict[str, int]:
    """Count faces by what is known of their closest person.

    Args:
        matches: The matches tables of all shards.

    Returns:
        All `faces`; those `named`, found or given; the `people` they are; `possible` ones, of which
        no threshold told; those that are nearest to somebody who is `another` face of the picture.
    """
    columns = ["rank", "id", "verdict", "reason"]
    table = pa.concat_tables([read_table(path, columns) for path in matches])
    closest = table.filter(equal(table["rank"], 1))
    verdicts = closest["verdict"].to_pylist()
    ids = zip(closest["id"].to_pylist(), verdicts, strict=True)
    people = {person for person, verdict in ids if verdict in _NAMED}
    possible = closest.filter(equal(closest["verdict"], Verdict.POSSIBLE))
    another = sum(map(bool, possible["reason"].to_pylist()))
    return {
        "faces": len(verdicts),
        "named": sum(verdict in _NAMED for verdict in verdicts),
        "people": len(people),
        "possible": len(possible) - another,
        "another": another,
    }
