"""How many faces have a name: what a run says at its end."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visage.status import Verdict
from visage.store.arrow import equal
from visage.store.tables import read_table


def count_found(matches: list[Path]) -> dict[str, int]:
    """Count the faces that were searched, those with a name, and the people they are.

    Args:
        matches: The matches tables of all shards.
    """
    table = pa.concat_tables([read_table(path, ["rank", "id", "verdict"]) for path in matches])
    nearest = table.filter(equal(table["rank"], 1))
    named = nearest.filter(equal(nearest["verdict"], Verdict.MATCH))
    people = pc.count_distinct(named["id"]).as_py()
    return {"faces": nearest.num_rows, "named": named.num_rows, "people": people}
