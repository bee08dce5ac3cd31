"""Does the promised rate of false alarms hold for people who set no threshold?

The gallery's people are parted in forty. A gallery of some of the parts, drawn at random, sets its
threshold by its own photographs; the photographs of all other people are strangers' searches that
it has never seen. Each figure is a mean over a hundred such galleries: the rate of one varies by
more than half where a handful of false alarms decides, and of ten the mean still by a sixth.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from visage.evaluation.metrics import threshold_at
from visage.evaluation.protocol import PARTS, Trials
from visage.types import Indices, Reals

SHARES = (0.1, 0.3, 0.9)  # of the people: the others are held out
LEAST = 10  # people of whom a tenth can be held out
DRAWS, SEED = 100, 42


@dataclass(frozen=True)
class HeldOut:
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
    people = int(codes.max(initial=-1)) + 1
    if people < LEAST:
        return []
    return [size for share in SHARES for size in _sizes(trials, codes, people, share, rates)]


def _sizes(
    trials: Trials, codes: Indices, people: int, share: float, rates: list[float]
) -> Iterator[HeldOut]:
    parts, rng = min(people, PARTS), np.random.default_rng(SEED)
    galleries = [rng.permutation(parts)[: round(share * parts)] for _ in range(DRAWS)]
    turns = [_turns(trials, codes, gallery, rates) for gallery in galleries]
    for rate, own in zip(rates, zip(*turns, strict=True), strict=True):
        yield _mean_of(own, rate)


def _mean_of(turns: Sequence[HeldOut], rate: float) -> HeldOut:
    return HeldOut(
        people=round(float(np.mean([turn.people for turn in turns]))),
        photographs=round(float(np.mean([turn.photographs for turn in turns]))),
        fpir=rate,
        threshold=_mean(turn.threshold for turn in turns),
        measured=_mean(turn.measured for turn in turns),
        fnir=_mean(turn.fnir for turn in turns),
        searches=round(float(np.mean([turn.searches for turn in turns]))),
    )


def _turns(trials: Trials, codes: Indices, parts: Indices, rates: list[float]) -> list[HeldOut]:
    """Give what one gallery comes to, at each rate."""
    inside = np.isin(codes % PARTS, parts)
    nearest = trials.parts[:, parts].min(axis=1)
    searched = np.isfinite(nearest)
    own, strangers = np.sort(nearest[inside & searched]), nearest[~inside & searched]
    mated = inside & (trials.rank > 0)
    found = np.where(trials.own < nearest, trials.own, np.inf)[mated]
    gallery = HeldOut(
        people=len(np.unique(codes[inside])),
        photographs=int(inside.sum()),
        fpir=0.0,
        threshold=None,
        measured=None,
        fnir=None,
        searches=len(strangers),
    )
    return [_at(gallery, rate, threshold_at(own, rate), strangers, found) for rate in rates]


def _at(
    gallery: HeldOut, rate: float, threshold: float | None, strangers: Reals, found: Reals
) -> HeldOut:
    """Give what comes of a gallery at one rate: without a threshold nothing does."""
    if threshold is None:
        return replace(gallery, fpir=rate)
    return replace(
        gallery,
        fpir=rate,
        threshold=threshold,
        measured=float((strangers <= threshold).mean()) if len(strangers) else None,
        fnir=float((found > threshold).mean()) if len(found) else None,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
