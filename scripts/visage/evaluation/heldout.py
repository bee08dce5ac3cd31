"""Does the promised rate of false alarms hold for people who set no threshold?

The gallery's people are parted in ten. A gallery of some of the parts sets its threshold by its own
photographs; the photographs of all other people are strangers' searches that it has never seen.
Every part takes its turn, so each figure is a mean over ten galleries.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from visage.evaluation.metrics import threshold_at
from visage.evaluation.protocol import PARTS, Trials
from visage.types import Indices

SIZES = (1, 3, PARTS - 1)  # parts: a tenth, about a third, and all people but those held out


class HeldOut(NamedTuple):
    """Galleries of one size at one rate of false alarms: means over those that set a threshold."""

    people: int
    photographs: int
    fpir: float  # promised
    threshold: float | None  # None: too few photographs for that rate
    measured: float | None  # FPIR of the people who were held out
    fnir: float | None  # of the gallery's own known searches
    searches: int  # strangers' searches of each gallery, on average


def held_out(trials: Trials, codes: Indices, rates: list[float]) -> list[HeldOut]:
    """Check the rates on people held out, for galleries of different sizes.

    Args:
        trials: Of the whole gallery.
        codes: Shape (n,): the person of each probe.
        rates: False-alarm rates.
    """
    if codes.max(initial=-1) + 1 < PARTS:
        return []
    return [_size(trials, codes, size, rate) for size in SIZES for rate in rates]


def _size(trials: Trials, codes: Indices, size: int, rate: float) -> HeldOut:
    galleries = [(np.arange(size) + first) % PARTS for first in range(PARTS)]
    turns = [_turn(trials, codes, parts, rate) for parts in galleries]
    return HeldOut(
        people=round(float(np.mean([turn.people for turn in turns]))),
        photographs=round(float(np.mean([turn.photographs for turn in turns]))),
        fpir=rate,
        threshold=_mean(turn.threshold for turn in turns),
        measured=_mean(turn.measured for turn in turns),
        fnir=_mean(turn.fnir for turn in turns),
        searches=round(float(np.mean([turn.searches for turn in turns]))),
    )


def _turn(trials: Trials, codes: Indices, parts: Indices, rate: float) -> HeldOut:
    inside = np.isin(codes % PARTS, parts)
    nearest = trials.parts[:, parts].min(axis=1)
    searched = np.isfinite(nearest)
    threshold = threshold_at(nearest[inside & searched], rate)
    strangers = nearest[~inside & searched]
    mated = inside & (trials.rank > 0)
    found = np.where(trials.own < nearest, trials.own, np.inf)[mated]
    known = threshold is not None
    return HeldOut(
        people=len(np.unique(codes[inside])),
        photographs=int(inside.sum()),
        fpir=rate,
        threshold=threshold,
        measured=float((strangers <= threshold).mean()) if known and len(strangers) else None,
        fnir=float((found > threshold).mean()) if known and len(found) else None,
        searches=len(strangers),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
