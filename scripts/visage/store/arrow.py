"""Arrow's calls whose types pyarrow-stubs leaves open or draws too narrow, each once."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def schema(columns: Iterable[tuple[str, pa.DataType]]) -> pa.Schema:
    """Give the schema of a table with these columns, each a name and a type."""
    return pa.schema(columns)


def equal(column: pa.ChunkedArray, value: str | int) -> pa.BooleanArray:
    """Say of each value of `column` whether it is `value`; of a null, null."""
    return pc.equal(column, pa.scalar(value))


def filled(column: pa.ChunkedArray, value: str | int | bool) -> pa.ChunkedArray:
    """Give `column` with `value` where it is null."""
    return column.fill_null(pa.scalar(value))


def texts(column: pa.ChunkedArray) -> list[str]:
    """Give the values of a column of strings that is never null.

    Raises:
        ValueError: A value is null, against what the table promises.
    """
    return _never_null(column)


def numbers(column: pa.ChunkedArray) -> list[int]:
    """Give the values of a column of whole numbers that is never null.

    Raises:
        ValueError: A value is null, against what the table promises.
    """
    return _never_null(column)


def _never_null(column: pa.ChunkedArray) -> list[Any]:
    if column.null_count:
        raise ValueError(f"{column.null_count} values are null where none may be")
    return column.to_pylist()


def lists(column: pa.ChunkedArray) -> pa.ListArray:
    """Give a column of lists, such as embeddings, in one piece."""
    whole: pa.Array | pa.ChunkedArray = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # more than one piece can address, by Arrow's own limit
        whole = pa.concat_arrays(whole.chunks)
    if not isinstance(whole, pa.ListArray):
        raise TypeError(f"a column of {column.type}, not of lists")
    return whole
