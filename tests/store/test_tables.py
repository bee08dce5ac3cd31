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


def test_a_face_without_a_number_is_the_image_s_only_one(tmp_path: Path) -> None:
    rows = [{"image": "a", "status": "ok"}, {"image": "b", "status": "no_face"}]
    write_table(tmp_path / "old.parquet", pa.Table.from_pylist(rows, FACES))
    for columns in (None, ["image", "face"], ["face", "status"]):
        table = read_table(tmp_path / "old.parquet", columns)
        assert table["face"].to_pylist() == [0, None]
        assert table.schema.field("face") == FACES.field("face")
