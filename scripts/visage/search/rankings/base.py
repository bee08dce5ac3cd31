"""What a ranking is: the order of people for a face, in a search and with the face left out."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from visage.search.exact import NONE, Found
from visage.search.faces import Faces
from visage.types import Embeddings, Floats, Indices, Reals

# Gives for some faces of the gallery (rows of it) the distance to every person, shape
# (rows, people); that to the face's own person without the face and its copies: infinite where
# nothing is left of them.
Rows = slice | Indices
Distances = Callable[[Rows], Floats]


class Search(Protocol):
    """A way to find the nearest faces: `ExactSearch` or `AnnoySearch`."""

    def recall(self, queries: Floats, /) -> float | None:
        """Measure which share of the true neighbours is found; None where all are."""
        ...

    def near(self, queries: Floats) -> Found:
        """Find the nearest faces of each query."""
        ...

    def near_people(self, queries: Floats, people: int, /) -> tuple[Found, Found]:
        """Find the nearest faces, and faces among which are those of the nearest `people`."""
        ...

    def near_of(self, queries: Floats, people: Indices) -> tuple[Found, Indices]:
        """Find the nearest faces, and a near face of each of `people`, shape (n, r)."""
        ...


class Candidates(NamedTuple):
    """One item for each probe and person kept, ordered by probe and rank; all of one length."""

    probe: Indices
    rank: Indices  # 1 = the closest person; where matches are judged, the match
    person: Indices  # index into `Faces.people`
    distance: Reals  # what people are ordered by
    hits: Indices  # how many of the probe's neighbours are this person's
    nearest: Indices  # the person's gallery face nearest to the probe
    measured: Reals  # the distance to the person that is compared with a threshold

    def take(self, rows: NDArray[np.bool_] | Indices) -> "Candidates":
        """Give those that a mask marks, or those of some numbers, in their order."""
        probe, rank, person, distance, hits, nearest, measured = self
        return Candidates(
            probe[rows],
            rank[rows],
            person[rows],
            distance[rows],
            hits[rows],
            nearest[rows],
            measured[rows],
        )


@dataclass(frozen=True)
class Learnt:
    """What a ranking has learnt from a gallery of how faces vary."""

    within: float  # expected cosine between two faces of a person
    centre: Floats | None = None  # (d,) what all faces have in common; None: nothing is taken off


# Of SFace in small galleries, by benchmarks/accuracy.py; a gallery that is large enough teaches its
# own (half of LFW 0.4).
DEFAULT = Learnt(0.5)


class Ranking(ABC):
    """An order of the people of a gallery for a face, fitted to the gallery's faces."""

    # Whether `distance` says how far a person is, so that a threshold and probabilities can be had.
    calibrated: ClassVar[bool] = True
    note = ""  # why it stands for another one that was asked for; "" where it does not

    def __init__(self, faces: Faces, learnt: Learnt = DEFAULT) -> None:
        """Take the faces; their people are what `person` makes of the labels."""
        self.faces = faces
        self.learnt = learnt

    @staticmethod
    def unfit(_faces: Faces, _learnt: Learnt) -> str:
        """Say why the ranking does not hold for such faces; "" where it does."""
        return ""

    @staticmethod
    def choices(_faces: Faces) -> list[Learnt]:
        """Give what may be learnt from a gallery, to be tried; none: there is nothing."""
        return []

    @staticmethod
    def person(label: str) -> str:
        """Give the person that a label means."""
        return label

    @staticmethod
    def listed(distance: float) -> float:
        """Give a distance as it stands in `<image>.json`."""
        return round(distance, 4)

    @abstractmethod
    def candidates(self, queries: Floats, search: Search, results: int) -> Candidates:
        """Give at most `results` people for each query, shape (n, d), in the space of the faces."""

    @abstractmethod
    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """Search every face of the gallery in the rest of it.

        Args:
            probes: Shape (m, d): what is searched for each face, in the space of the faces; None:
                the faces themselves.
            photographs: Shape (m,): the photograph of each face; equal for copies of it. The faces
                have to be ordered by person and then by photograph.
        """

    def published(self, distance: float) -> float:
        """Give what a published threshold between two faces is in this ranking."""
        return distance


class Photographs:
    """Faces ordered by person and photograph: where each begins and how many it has."""

    def __init__(self, codes: Indices, photographs: Indices) -> None:
        """Take the person and the photograph of each face."""
        self.first = starts(codes, photographs)
        self.size = np.diff([*self.first, len(codes)])
        self.number = np.repeat(np.arange(len(self.first)), self.size)  # of each face

    def mask(self, matrix: Floats, rows: Rows, value: float) -> None:
        """Overwrite what the probes `rows` have with themselves and with copies of themselves."""
        own = self.number[rows]
        for step in range(int(self.size[own].max())):
            line = np.flatnonzero(self.size[own] > step)
            matrix[line, self.first[own[line]] + step] = value


def hits(near: Found, faces: Faces, probe: Indices, person: Indices) -> Indices:
    """Count how many of each probe's neighbours are of a person."""
    return (faces.people_of(near.items)[probe] == person[:, None]).sum(axis=1)


def nearest_people(near: Found, found: Found, faces: Faces, results: int) -> Candidates:
    """Keep each person's nearest item of `found`, and of these the nearest `results` people."""
    probe, column = np.nonzero(found.items != NONE)
    item, distance = found.items[probe, column], found.distances[probe, column]
    person = faces.codes[item]
    order = np.lexsort((item, distance, person, probe))
    first = order[starts(probe[order], person[order])]
    first = first[np.lexsort((person[first], distance[first], probe[first]))]
    place = _places(probe[first])
    kept, place = first[place <= results], place[place <= results]
    number = hits(near, faces, probe[kept], person[kept])
    return Candidates(
        probe[kept], place, person[kept], distance[kept], number, item[kept], distance[kept]
    )


def starts(*columns: Indices) -> Indices:
    """Give the rows that differ from the one above in any column; the first row does."""
    marked: NDArray[np.bool_] = np.ones(len(columns[0]), bool)
    marked[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.flatnonzero(marked)


def squares(vectors: Floats) -> Floats:
    """Give the squared length of each row."""
    return np.einsum("nd,nd->n", vectors, vectors)


def _places(groups: Indices) -> Indices:
    """Count from 1 within each run of equal numbers."""
    first = starts(groups)
    return np.arange(len(groups)) - np.repeat(first, np.diff([*first, len(groups)])) + 1
