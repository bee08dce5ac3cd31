"""The original program's order of people."""

import numpy as np

from visage.search.exact import NONE
from visage.search.rankings.base import Candidates, Search
from visage.search.rankings.nearest import Nearest
from visage.types import Floats

HIT_BONUS = 0.5  # taken off a person's distance for every further hit


class Visage(Nearest):
    """`match.ranking: visage`.

    A person's distance is that of their nearest face among the neighbours, rounded to two places,
    less 0.5 for every further one; equal distances stay in order of appearance. The numbers are bit
    for bit the original's, so neither Python's rounding nor the repeated subtraction may be
    replaced by something that is equal on paper.

    What it orders by is no distance, and depends on the other people's faces too. So the gallery is
    evaluated by the nearest face, and nothing is calibrated.
    """

    calibrated = False

    @staticmethod
    def person(label: str) -> str:
        """Give the person: a label counts up to its first "="."""
        return label.partition("=")[0]

    @staticmethod
    def listed(distance: float) -> float:
        """Give the distance as it is: two decimals, less the bonus."""
        return distance

    def candidates(self, queries: Floats, search: Search, results: int) -> Candidates:
        """Give the people in the original's order."""
        near = search.near(queries)
        codes = self.faces.people_of(near.items)
        rows: list[tuple] = []
        for probe in range(len(queries)):
            row = (part[probe].tolist() for part in (codes, near.items, near.distances))
            rows += [(probe, *person) for person in _ordered(*row)[:results]]
        table = np.array(rows, np.float64).reshape(len(rows), len(Candidates._fields))
        whole = table.astype(np.int64)
        return Candidates(
            probe=whole[:, 0],
            rank=whole[:, 1],
            person=whole[:, 2],
            distance=table[:, 3],
            hits=whole[:, 4],
            nearest=whole[:, 5],
            measured=table[:, 6],
        )


def _ordered(codes: list[int], items: list[int], distances: list[float]) -> list[tuple]:
    """Give rank, person, distance, hits, nearest item and its distance for one probe."""
    people: dict[int, list] = {}
    for code, item, distance in zip(codes, items, distances, strict=True):
        if code == NONE:
            continue
        if code in people:
            people[code][0] -= HIT_BONUS
            people[code][1] += 1
        else:
            people[code] = [round(distance, 2), 1, item, distance]
    best = sorted(people.items(), key=lambda person: person[1][0])
    return [(rank, code, *person) for rank, (code, person) in enumerate(best, start=1)]
