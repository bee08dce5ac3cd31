"""A matches table: one row a face of the queries and person of the gallery that it is close to."""

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from itertools import repeat
from typing import Any

import pyarrow as pa

from visage.status import Verdict
from visage.store.arrow import schema

MATCHES = schema(
    [
        ("image", pa.string()),  # of the query
        ("group", pa.string()),
        ("face", pa.int16()),  # of the query image, 0 = most prominent; never null
        (
            "rank",
            pa.int16(),
        ),  # of the person for this face: a match, then from the closest on; 1 is first
        ("id", pa.string()),  # of the person
        ("name", pa.string()),  # from the names file; "" where it has none for the id
        ("distance", pa.float64()),  # what the ranking orders by
        ("hits", pa.int32()),  # how many of the face's neighbours are this person's
        ("nearest", pa.string()),  # the person's gallery image that is nearest to the face
        ("nearest_face", pa.int16()),  # and the face in it; never null
        ("probability", pa.float64()),  # that it is this person; null until calibrated
        ("verdict", pa.string()),  # one of `visage.status.Verdict`
        ("reason", pa.string()),  # why the verdict is not what the face alone would have; else ""
        ("recall", pa.float64()),  # of the shard: share of the true neighbours that Annoy finds, by
        # a sample; null where the search is exact
    ]
)


@dataclass(frozen=True)
class MatchRow:
    """A row of `MATCHES`, whose columns say what each field means."""

    image: str
    face: int
    rank: int
    id: str
    name: str
    distance: float
    hits: int = 0
    nearest: str = ""
    nearest_face: int = 0
    probability: float | None = None
    verdict: Verdict = Verdict.UNKNOWN
    reason: str = ""


_NAMES = [field.name for field in fields(MatchRow)]
_DEFAULTS = {
    field.name: field.default for field in fields(MatchRow) if field.default is not MISSING
}
_VERDICTS = {str(verdict): verdict for verdict in Verdict}
LISTED = _NAMES[: _NAMES.index("hits") + 1]  # what the list of an image needs


def match_rows(table: pa.Table) -> Iterator[MatchRow]:
    """Give the rows of a matches table; fields whose columns were not read have their defaults.

    Args:
        table: Of `MATCHES`, with `LISTED` but for `hits` at least.
    """
    # Column by column: a dict for each row takes as long again.
    columns: dict[str, Iterable[Any]] = {name: repeat(value) for name, value in _DEFAULTS.items()}
    columns |= {name: table[name].to_pylist() for name in _NAMES if name in table.column_names}
    if "verdict" in table.column_names:
        columns["verdict"] = [_VERDICTS[verdict] for verdict in columns["verdict"]]
    yield from map(MatchRow, *(columns[name] for name in _NAMES))
