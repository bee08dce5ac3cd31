"""Arrow's calls behind types that hold."""

import pyarrow as pa
import pytest
from visage.store.arrow import equal, filled, lists, numbers, schema, texts

WORDS = pa.chunked_array([["a", None], ["b"]], pa.string())
FACES = pa.chunked_array([[0, None, 1]], pa.int16())


def test_a_schema_has_the_columns_in_order() -> None:
    made = schema([("image", pa.string()), ("face", pa.int16())])
    assert made.names == ["image", "face"]
    assert made.field("face").type == pa.int16()


def test_a_null_is_neither_equal_nor_other() -> None:
    assert equal(WORDS, "a").to_pylist() == [True, None, False]
    assert equal(FACES, 1).to_pylist() == [False, None, True]


def test_filling_keeps_the_type() -> None:
    assert filled(FACES, 0).to_pylist() == [0, 0, 1]
    assert filled(FACES, 0).type == pa.int16()
    assert texts(filled(WORDS, "")) == ["a", "", "b"]


def test_a_null_where_none_may_be_is_no_value() -> None:
    assert numbers(filled(FACES, 0)) == [0, 0, 1]
    with pytest.raises(ValueError, match="1 values are null"):
        texts(WORDS)
    with pytest.raises(ValueError, match="1 values are null"):
        numbers(FACES)


def test_lists_come_in_one_piece() -> None:
    pieces = [pa.array([[1.0, 2.0]]), pa.array([[3.0], None])]
    column = pa.chunked_array(pieces)
    assert lists(column).to_pylist() == [[1.0, 2.0], [3.0], None]
    assert lists(column.slice(0, 0)).flatten().to_pylist() == []
    with pytest.raises(TypeError, match="a column of string, not of lists"):
        lists(WORDS)
