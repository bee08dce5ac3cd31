"""What rankings by a template have in common: a person is compared as a whole."""

from abc import abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from visage.search.exact import Found
from visage.search.faces import Faces
from visage.search.rankings.base import (
    DEFAULT,
    Candidates,
    Distances,
    Learnt,
    Photographs,
    Ranking,
    Rows,
    Search,
    hits,
)
from visage.types import Embeddings, Floats, Indices, Reals


class TemplateRanking(Ranking):
    """Compares a face with what all faces of a person make together."""

    def __init__(self, faces: Faces, learnt: Learnt = DEFAULT) -> None:
        """Compare the faces as they are."""
        super().__init__(faces, learnt)
        self.compared = faces

    @abstractmethod
    def closest(self, queries: Floats, results: int) -> Found:
        """Give the closest people of each query, and their distances to the last digit."""

    @abstractmethod
    def squared(self, probes: Floats) -> Floats:
        """Give the squared distance of every person, shape (n, people), in float32."""

    @abstractmethod
    def squared_to(self, probes: Floats, sums: Floats, counts: Indices) -> Reals:
        """Give the squared distance of each probe to a person of its own.

        Args:
            probes: Shape (n, d).
            sums: Shape (n, d): the sum of the person's faces.
            counts: Shape (n,): how many they are, at least 1.
        """

    def distance(self, squared: Floats) -> Floats | Reals:
        """Give the distance for each squared one."""
        return np.sqrt(np.maximum(squared, 0))

    def candidates(self, queries: Floats, search: Search, results: int) -> Candidates:
        """Give the closest people, with hits and nearest faces."""
        found = self.closest(queries, results)
        near, nearest = search.near_of(queries, found.items)
        n, r = found.items.shape
        probe, rank = np.repeat(np.arange(n), r), np.tile(np.arange(1, r + 1), n)
        person, distance = found.items.ravel(), found.distances.ravel()
        number = hits(near, self.faces, probe, person)
        return Candidates(probe, rank, person, distance, number, nearest.ravel(), distance)

    def squared_left(self, probes: Floats, _codes: Indices, rest: "Rest") -> Reals:
        """Give the squared distance of each probe to its own person without it."""
        return self.squared_to(probes, rest.sums, np.maximum(rest.counts, 1))

    def comparable(self, vectors: Floats) -> Floats:
        """Bring vectors from the space of the faces into the one in which they are compared."""
        return vectors

    def left_out(self, photographs: Indices, probes: Embeddings | None = None) -> Distances:
        """Search every face, its own person without it; see `Ranking.left_out`."""
        faces = self.compared
        searched = faces.vectors if probes is None else self.comparable(probes)
        leaving = LeftOut(faces, photographs)

        def distances(rows: Rows) -> Floats:
            codes, rest = faces.codes[rows], leaving.rest(rows)
            squared = self.squared(searched[rows])
            line = np.arange(len(codes))
            squared[line, codes] = self.squared_left(searched[rows], codes, rest)
            result = self.distance(squared).astype(np.float32, copy=False)
            nobody = rest.counts == 0
            result[line[nobody], codes[nobody]] = np.inf
            return result

        return distances


class Rest(NamedTuple):
    """What is left of each probe's person without the probe and its copies."""

    sums: Floats  # (n, d)
    counts: Indices  # (n,)
    others: Callable[[int], Indices]  # rows of the faces that are left for one of the probes


class LeftOut:
    """Faces ordered by person and photograph, to take photographs out of."""

    def __init__(self, faces: Faces, photographs: Indices) -> None:
        """Add up persons and photographs."""
        self._faces = faces
        self._photographs = Photographs(faces.codes, photographs)
        self._sums, self._counts = faces.sums(), faces.counts()
        self._own = np.add.reduceat(faces.vectors, self._photographs.first)

    def rest(self, rows: Rows) -> Rest:
        """Take the photographs of these faces out of their people."""
        codes, own = self._faces.codes[rows], self._photographs.number[rows]

        def others(line: int) -> Indices:
            kept = (self._faces.codes == codes[line]) & (self._photographs.number != own[line])
            return np.flatnonzero(kept)

        return Rest(
            self._sums[codes] - self._own[own],
            self._counts[codes] - self._photographs.size[own],
            others,
        )


def first_of_each(found: Found, results: int) -> Found:
    """Keep the first item of each number in every row, and of these the first `results`.

    Every row has to hold so many different ones.
    """
    order = np.argsort(found.items, axis=1, kind="stable")
    ordered = np.take_along_axis(found.items, order, axis=1)
    again = np.zeros(found.items.shape, bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    kept = np.argsort(again, axis=1, kind="stable")
    kept = kept[:, : min(results, int((~again).sum(axis=1).min(initial=results)))]
    return Found(
        np.take_along_axis(found.items, kept, axis=1),
        np.take_along_axis(found.distances, kept, axis=1),
    )
