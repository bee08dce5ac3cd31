"""The searches that went worst, to be looked at: often it is the gallery that is wrong."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from visage.evaluation.metrics import mated
from visage.evaluation.searched import Evaluated
from visage.types import Box, Floats, Indices

SHOWN = 12  # of each kind


@dataclass(frozen=True)
class Search:
    """A photograph and the one that it was, or was not, taken for."""

    image: str
    box: Box | None  # None: the embedding was imported
    person: str
    other: str  # the person it was compared with: somebody else, or the same
    other_image: str
    other_box: Box | None
    distance: float  # to that person, by the ranking
    own: float | None  # to its own person without it; None: there is no other photograph
    rank: int  # of its own person; 0: there is no other photograph


def false_alarms(evaluated: Evaluated, shown: int = SHOWN) -> list[Search]:
    """Give the photographs that were nearest to another person, nearest first."""
    trials = evaluated.trials
    order = np.lexsort((_images(evaluated), trials.other))[:shown]
    rows = [row for row in order.tolist() if np.isfinite(trials.other[row])]
    return [_search(evaluated, row, int(trials.other_person[row])) for row in rows]


def misses(evaluated: Evaluated, shown: int = SHOWN) -> list[Search]:
    """Give the photographs that were farthest from their own person, farthest first."""
    trials = evaluated.trials
    order = np.lexsort((_images(evaluated), -trials.own))[:shown]
    rows = [row for row in order.tolist() if mated(trials)[row]]
    return [_search(evaluated, row, int(evaluated.faces.codes[row])) for row in rows]


def _images(evaluated: Evaluated) -> NDArray[np.str_]:
    return np.array(evaluated.rows["image"].to_pylist(), np.str_)


def _search(evaluated: Evaluated, row: int, code: int) -> Search:
    gallery, trials, faces = evaluated.faces, evaluated.trials, evaluated.rows
    photographs = evaluated.photographs
    same = code == gallery.codes[row]
    members = np.flatnonzero((gallery.codes == code) & (photographs != photographs[row]))
    nearest = int(members[_distances(evaluated, row, members).argmin()])
    own = float(trials.own[row]) if np.isfinite(trials.own[row]) else None
    (image, box), (other_image, other_box) = (_face(faces, place) for place in (row, nearest))
    return Search(
        image=image,
        box=box,
        person=gallery.people[gallery.codes[row]],
        other=gallery.people[code],
        other_image=other_image,
        other_box=other_box,
        distance=float(trials.own[row] if same else trials.other[row]),
        own=own,
        rank=int(trials.rank[row]),
    )


def _distances(evaluated: Evaluated, row: int, members: Indices) -> Floats:
    vectors = evaluated.faces.vectors
    return np.linalg.norm(vectors[members] - vectors[row], axis=1)


def _face(faces: pa.Table, row: int) -> tuple[str, Box | None]:
    x, y, w, h = (faces[name][row].as_py() for name in ("x", "y", "w", "h"))
    return faces["image"][row].as_py(), None if x is None else Box(x, y, w, h)
