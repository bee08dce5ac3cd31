"""Rows of a faces table, there and back."""

import numpy as np
import pytest
from visage.status import Status
from visage.store.faces import FACES, FaceRow, face_rows, faces_table
from visage.types import Box

FACE = FaceRow(
    "a.jpg",
    Status.OK,
    face=0,
    x=1.0,
    y=2.0,
    w=30.0,
    h=40.0,
    confidence=0.875,
    landmarks=np.arange(10, dtype=np.float32),
    embedding=np.ones(4, np.float32),
)


def test_rows_come_back_as_they_were_written() -> None:
    failed = FaceRow("b.jpg", Status.NO_FACE, "nothing was found")
    read, other = face_rows(faces_table([FACE, failed]))
    assert other == failed
    assert read.status is Status.OK
    assert read.box == Box(1.0, 2.0, 30.0, 40.0)
    for name in ("landmarks", "embedding"):
        np.testing.assert_array_equal(getattr(read, name), getattr(FACE, name))
        assert getattr(read, name).dtype == np.float32


def test_columns_that_were_not_read_have_their_defaults() -> None:
    (read,) = face_rows(faces_table([FACE]).select(["image", "status", "face"]))
    assert read == FaceRow("a.jpg", Status.OK, face=0)
    assert read.box is None


@pytest.mark.parametrize(
    "wrong", [{"embedding": np.ones(4, np.float32)}, {"x": 1.0, "face": 0}, {"confidence": 0.5}]
)
def test_a_row_that_no_reader_expects_is_none(wrong: dict) -> None:
    with pytest.raises(AssertionError):
        FaceRow("a.jpg", Status.OK, **wrong)


def test_a_field_is_a_column() -> None:
    assert set(FaceRow.__dataclass_fields__) == set(FACES.names)
