"""Which clusters are compared: all of few, of many those that share a cell."""

import numpy as np
import pytest
from visage.people import cells
from visage.people.cells import Cells, Everything, compared
from visage.people.sums import Sums
from visage.search.faces import unit
from visage.types import Floats


@pytest.fixture(autouse=True)
def small_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "SIZE", 20)
    monkeypatch.setattr(cells, "SHARED", 3)


def faces(count: int) -> Floats:
    random = np.random.default_rng(0)
    people = np.repeat(random.normal(size=(count // 4, 16)), 4, axis=0)
    return unit((people + 0.2 * random.normal(size=people.shape)).astype(np.float32))


def test_few_are_all_compared() -> None:
    everything = compared(faces(40), 40)
    assert isinstance(everything, Everything) and everything.lossless
    everything.follow(np.array([0, 4]), np.array([1]), Sums(faces(40)))
    assert [members.tolist() for members in everything.members()] == [[0, 1]]


def test_many_lie_in_a_few_cells_each_and_a_person_s_faces_meet() -> None:
    many = compared(faces(400), 399)
    assert isinstance(many, Cells) and not many.lossless
    members = list(many.members())
    assert len(members) == 20
    assert np.bincount(np.concatenate(members)).tolist() == [3] * 400
    assert all((np.diff(cell) > 0).all() for cell in members)
    met = np.zeros((400, 400), bool)
    for cell in members:
        met[np.ix_(cell, cell)] = True
    person = np.arange(400) // 4
    assert met[person[:, None] == person].mean() > 0.99
    assert met.mean() < 0.6


def test_what_was_merged_moves_and_the_others_stay() -> None:
    vectors = faces(400)
    many, sums = Cells(vectors), Sums(vectors)
    first = _cells_of(many)
    sums.add(np.array([0]), np.array([399]))
    sums.keep(np.arange(399))
    many.follow(np.arange(399), np.array([0]), sums)
    after = _cells_of(many)
    assert after[1:] == first[1:399]
    assert after[0] == _cells_of(_cells_like(many, sums.means(np.array([0]))))[0]


def _cells_like(many: Cells, vectors: Floats) -> Cells:
    """Find the cells of other vectors among the same centres."""
    other = object.__new__(Cells)
    other._centres = many._centres
    other._cells = many._nearest(vectors)
    return other


def _cells_of(many: Cells) -> list[set[int]]:
    return [set(row) for row in many._cells.tolist()]
