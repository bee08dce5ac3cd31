"""Rates with their confidence intervals, as columns of a benchmark's table."""

from visage.evaluation import metrics
from visage.evaluation.evaluate import RATES
from visage.evaluation.metrics import Interval
from visage.evaluation.protocol import Trials
from visage.types import Indices


def with_intervals(trials: Trials, codes: Indices) -> dict[str, float | None]:
    """Give rank 1, and FNIR at each of `RATES` of false alarms, empty where it cannot be told.

    Args:
        trials: The searches.
        codes: Shape (n,): the person of each probe.
    """
    row = _columns("rank 1", metrics.rank_one_interval(trials, codes))
    for point in metrics.operating_points(trials, codes, RATES):
        row |= _columns(f"FNIR at FPIR {100 * point.fpir:g} %", point.fnir)
    return row


def _columns(name: str, found: Interval | None) -> dict[str, float | None]:
    if found is None:
        return dict.fromkeys((name, f"{name} low", f"{name} high"))
    return {name: found.value, f"{name} low": found.low, f"{name} high": found.high}
