"""Rates that follow from the trials, in the words of NIST's FRTE 1:N, with their uncertainty.

FPIR: the share of strangers' searches whose nearest person is within the threshold. FNIR: the
share of known people's searches that do not put the right person first and within it. A known
person's photograph without a usable face (failure to acquire, FTA) is such a search, and a miss.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visage.evaluation.protocol import Trials
from visage.types import Indices, Reals

DRAWS = 1000  # of the bootstrap
SEED = 42
CONFIDENCE = 0.95
RANKS = 20  # of the CMC
POINTS = 25  # of a DET curve


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Operating:
    """What happens at the threshold of one false-alarm rate."""

    fpir: float  # asked for
    threshold: float | None  # None: too few strangers' searches to tell
    false_alarms: int  # at that threshold
    fnir: Interval | None  # None: no threshold, or nobody with a second photograph


def mated(trials: Trials) -> NDArray[np.bool_]:
    """Mark the probes whose person has another photograph."""
    return trials.rank > 0


def known_searches(trials: Trials) -> int:
    """Count the known people's searches, failures to acquire included."""
    return int(mated(trials).sum()) + len(trials.failed)


def rank_one(trials: Trials) -> float:
    """Give the share of known people's searches that put the right person first."""
    return float((trials.rank == 1).sum() / known_searches(trials))


def cmc(trials: Trials, ranks: int = RANKS) -> list[float]:
    """Give the share with the right person among the nearest 1, 2, … `ranks` people."""
    places, searches = trials.rank[mated(trials)], known_searches(trials)
    return [float((places <= rank).sum() / searches) for rank in range(1, ranks + 1)]


def false_alarms_allowed(trials: int, fpir: float) -> int:
    """Give how many of so many strangers' searches may be within the threshold.

    The k-th smallest of n distances is exceeded from below by a new one with the probability
    k / (n + 1), whatever the distribution; so this k keeps the rate on new strangers, on average.
    """
    return int(fpir * (trials + 1) + 1e-9)


def threshold_at(other: Reals, fpir: float) -> float | None:
    """Give the largest distance seen that keeps the false-alarm rate `fpir` on new strangers.

    Args:
        other: Distance of each stranger's search to the nearest person.
        fpir: Above 0, below 1.

    Returns:
        None where `other` is too short for the rate: fewer than 1 / fpir − 1 searches.
    """
    ordered = np.sort(other)
    allowed = false_alarms_allowed(len(ordered), fpir)
    within = np.searchsorted(ordered, ordered, side="right")  # equal distances count together
    fitting = ordered[within <= allowed]
    return float(fitting[-1]) if len(fitting) else None


def fpir_at(trials: Trials, threshold: float) -> float:
    """Give the share of strangers' searches within the threshold."""
    return float((strangers(trials) <= threshold).mean())


def fnir_at(trials: Trials, threshold: float) -> float:
    """Give the share of known people's searches that miss the right person."""
    missed = _missed(trials, threshold)[mated(trials)].sum() + len(trials.failed)
    return float(missed / known_searches(trials))


def strangers(trials: Trials) -> Reals:
    """Give the distances of the strangers' searches."""
    return trials.other[np.isfinite(trials.other)]


def operating_points(trials: Trials, people: Indices, rates: list[float]) -> list[Operating]:
    """Find threshold and misses at each rate of false alarms."""
    thresholds = {rate: threshold_at(strangers(trials), rate) for rate in rates}
    has_mates = bool(mated(trials).any())
    known = [rate for rate in rates if thresholds[rate] is not None] if has_mates else []
    spread = _bootstrap_fnir(trials, people, known)
    points = []
    for rate in rates:
        threshold = thresholds[rate]
        fnir, alarms = None, 0
        if threshold is not None:
            alarms = int((strangers(trials) <= threshold).sum())
            if rate in known:
                fnir = Interval(fnir_at(trials, threshold), *_limits(spread[rate]))
        points.append(Operating(rate, threshold, alarms, fnir))
    return points


def rank_one_interval(trials: Trials, people: Indices) -> Interval:
    """Give rank 1 with its confidence interval."""
    right = (trials.rank == 1)[mated(trials)].astype(np.float64)
    codes, number = people[mated(trials)], int(people.max()) + 1
    hits = np.bincount(codes, right, number)
    searches = np.bincount(np.concatenate([codes, trials.failed]), minlength=number)
    rates = []
    for draw in _draws(people):
        if (draw @ searches) > 0:
            rates.append(float(draw @ hits) / float(draw @ searches))
    return Interval(rank_one(trials), *_limits(rates))


@dataclass(frozen=True)
class Trade:
    """A point of the DET curve."""

    fpir: float
    fnir: Interval


def det(trials: Trials, people: Indices, points: int = POINTS) -> list[Trade]:
    """Give FNIR over FPIR, from the rate of one false alarm to all; with intervals."""
    number = len(strangers(trials))
    if not number or not mated(trials).any():
        return []
    steps = np.unique(np.geomspace(1, number, points).astype(np.int64))
    rates = [float(step / (number + 1)) for step in steps]
    return [
        Trade(point.fpir, point.fnir)
        for point in operating_points(trials, people, rates)
        if point.fnir is not None
    ]


def _missed(trials: Trials, threshold: float) -> NDArray[np.bool_]:
    return (trials.rank != 1) | ~(trials.own <= threshold)


def _draws(people: Indices) -> Iterator[Indices]:
    """Draw people with replacement, `DRAWS` times: how often each was drawn, shape (people,)."""
    number = int(people.max()) + 1
    rng = np.random.default_rng(SEED)
    for _ in range(DRAWS):
        yield np.bincount(rng.integers(0, number, number), minlength=number)


def _bootstrap_fnir(trials: Trials, people: Indices, rates: list[float]) -> dict[float, list]:
    """Draw people again and again; for each draw threshold and misses anew."""
    spread: dict[float, list[float]] = {rate: [] for rate in rates}
    if not rates:
        return spread
    valid = np.flatnonzero(np.isfinite(trials.other))
    order = valid[np.argsort(trials.other[valid], kind="stable")]
    distances, alarm_codes = trials.other[order], people[order]
    has_mate = mated(trials)
    codes = np.concatenate([people[has_mate], trials.failed])
    found = np.where(trials.rank == 1, trials.own, np.inf)[has_mate]
    found = np.concatenate([found, np.full(len(trials.failed), np.inf)])
    for counts in _draws(people):
        weights = np.cumsum(counts[alarm_codes])
        searches = counts[codes]
        total = searches.sum()
        if not total:
            continue
        for rate in rates:
            allowed = false_alarms_allowed(int(weights[-1]), rate)
            place = int(np.searchsorted(weights, allowed, side="right"))
            # Where one stranger's weight is above the allowance: just below the nearest of all.
            threshold = distances[place - 1] if place else np.nextafter(distances[0], 0)
            spread[rate].append(float(searches[~(found <= threshold)].sum() / total))
    return spread


def _limits(values: list[float]) -> tuple[float, float]:
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
