"""What rankings by a template have in common: a person is compared as a whole."""

from abc import abstractmethod

import numpy as np

from visage.search.exact import Found
from visage.search.rankings.base import (
    Candidates,
    Distances,
    Photographs,
    Ranking,
    Search,
    hits,
)
from visage.types import Floats, Indices, Reals


class TemplateRanking(Ranking):
    """Compares a face with what all faces of a person make together."""

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

    def left_out(self, photographs: Indices) -> Distances:
        """Search every face, its own person without it; see `Ranking.left_out`."""
        faces = self.faces
        each, sums, counts = Photographs(faces.codes, photographs), faces.sums(), faces.counts()
        photograph_sums = np.add.reduceat(faces.vectors, each.first)

        def distances(rows: slice) -> Floats:
            probes, codes, own = faces.vectors[rows], faces.codes[rows], each.number[rows]
            squared = self.squared(probes)
            left = counts[codes] - each.size[own]
            rest = sums[codes] - photograph_sums[own]
            line = np.arange(len(codes))
            squared[line, codes] = self.squared_to(probes, rest, np.maximum(left, 1))
            result = self.distance(squared).astype(np.float32, copy=False)
            result[line[left == 0], codes[left == 0]] = np.inf
            return result

        return distances
