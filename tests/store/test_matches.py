"""Rows of a matches table."""

import pyarrow as pa
from visage.status import Verdict
from visage.store.matches import LISTED, MATCHES, MatchRow, match_rows

ROW = MatchRow(
    *("a.jpg", 1, 2, "0005", "Ann", 0.75, 3),
    nearest="0005/1.jpg",
    nearest_face=1,
    probability=0.5,
    verdict=Verdict.POSSIBLE,
    reason="somebody else of the picture is nearer",
)


def test_rows_are_read_whole_or_in_part() -> None:
    table = pa.Table.from_pylist([vars(ROW)], MATCHES)
    (read,) = match_rows(table)
    assert read == ROW
    assert read.verdict is Verdict.POSSIBLE
    (listed,) = match_rows(table.select(LISTED))
    assert listed == MatchRow("a.jpg", 1, 2, "0005", "Ann", 0.75, 3)
