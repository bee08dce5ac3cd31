"""Tables that are read back."""

from pathlib import Path

import pyarrow as pa
from visage.store.faces import FACES, LATER
from visage.store.tables import read_table, write_table


def test_a_faces_table_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    whole = pa.Table.from_pylist([{"image": "a", "face": 0, "status": "ok"}], FACES)
    write_table(tmp_path / "old.parquet", whole.drop_columns(sorted(LATER)))
    assert read_table(tmp_path / "old.parquet", FACES.names).equals(whole)
    assert read_table(tmp_path / "old.parquet").column_names == FACES.names
