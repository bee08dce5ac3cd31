from pathlib import Path

import pyarrow as pa
from visage.score.found import count_found
from visage.search.once import NEARER
from visage.status import Verdict
from visage.store.matches import MATCHES
from visage.store.tables import write_table


def test_given_faces_have_a_name_and_possible_ones_are_nobodys_yet(tmp_path: Path) -> None:
    closest = [
        ("ann", Verdict.MATCH),
        ("ann", Verdict.GIVEN),
        ("bob", Verdict.GIVEN),
        ("eve", Verdict.POSSIBLE),
        ("ann", Verdict.UNKNOWN),
        ("dan", Verdict.POSSIBLE),
    ]
    rows = [
        {"image": f"{face}.jpg", "face": 0, "rank": rank, "id": id, "verdict": verdict.value}
        | {"reason": NEARER if id == "dan" else ""}
        for face, (id, verdict) in enumerate(closest)
        for rank in (1, 2)
    ]
    tables = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    for table, part in zip(tables, (rows[:4], rows[4:]), strict=True):
        write_table(table, pa.Table.from_pylist(part, MATCHES))
    assert count_found(tables) == {
        **{"faces": 6, "named": 3, "people": 2},
        **{"possible": 1, "another": 1},
    }
