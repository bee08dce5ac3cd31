"""The curves of an evaluation."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from visage.evaluation.metrics import Operating, Trade
from visage.evaluation.result import Histogram, Reliability, Result
from visage.report.drawing import DOUBT, INK, QUIET, SURE, drawing

LEAST = 1e-4  # rates below are drawn there: a logarithmic axis has no 0


def curves(result: Result, threshold: float | None) -> dict[str, Markup]:
    """Draw what an evaluation has numbers for: histogram, det, cmc, reliability.

    Args:
        result: The evaluation.
        threshold: The one that is used, if any.
    """
    counts, drawn = result.details.histogram, {}
    if counts.own or counts.other:
        drawn["histogram"] = histogram(counts, threshold)
    if result.det:
        drawn["det"] = det(result.det, result.operating)
    if result.cmc:
        drawn["cmc"] = cmc(result.cmc)
    if result.reliability:
        drawn["reliability"] = reliability(result.reliability)
    return drawn


def histogram(counts: Histogram, threshold: float | None) -> Markup:
    """Draw the distances to the own person and to the nearest other one."""
    edges = np.array(counts.edges)
    with drawing("distance", "share of the searches") as plot:
        for numbers, colour, label in (
            (counts.own, SURE, "to the person, known"),
            (counts.other, DOUBT, "to the nearest, stranger"),
        ):
            if numbers:
                shares = np.array(numbers) / sum(numbers)
                plot.axes.stairs(shares, edges, fill=True, color=colour, alpha=0.6, label=label)
        if threshold is not None:
            plot.axes.axvline(threshold, color=INK, lw=1.2, label=f"threshold {threshold:.3f}")
        plot.axes.legend()
    return plot.svg


def cmc(shares: list[float]) -> Markup:
    """Draw how often the right person is among the nearest 1, 2, … people."""
    with drawing("nearest people looked at", "right person among them") as plot:
        ranks = np.arange(1, len(shares) + 1)
        plot.axes.plot(ranks, shares, marker="o", ms=3, color=SURE)
        plot.axes.set_ylim(min(0.9, min(shares) - 0.02), 1.005)
        plot.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return plot.svg


def det(points: Sequence[Trade], asked: Sequence[Operating]) -> Markup:
    """Draw known people missed against strangers taken for somebody, both axes logarithmic.

    Args:
        points: The curve.
        asked: The rates that are asked for, marked.
    """
    with drawing("strangers taken for somebody (FPIR)", "known people missed (FNIR)") as plot:
        across = [point.fpir for point in points]
        missed = [point.fnir for point in points]
        value, low, high = (
            [max(rate, LEAST) for rate in rates]
            for rates in (
                [one.value for one in missed],
                [one.low for one in missed],
                [one.high for one in missed],
            )
        )
        plot.axes.fill_between(across, low, high, color=SURE, alpha=0.2, lw=0)
        plot.axes.plot(across, value, color=SURE)
        marked = [(point.fpir, point.fnir.value) for point in asked if point.fnir]
        plot.axes.plot(
            [fpir for fpir, _ in marked],
            [max(fnir, LEAST) for _, fnir in marked],
            ls="",
            marker="o",
            ms=4,
            color=INK,
        )
        plot.axes.set_xscale("log")
        plot.axes.set_yscale("log")
    return plot.svg


def reliability(bins: Sequence[Reliability]) -> Markup:
    """Draw the share that was right against the probability that was given."""
    with drawing("probability given", "share that was right") as plot:
        plot.axes.plot([0, 1], [0, 1], color=QUIET, lw=1, ls="--")
        across = [one.predicted for one in bins]
        right = [one.observed for one in bins]
        up = [share.value for share in right]
        bars = [
            [max(0.0, share.value - share.low) for share in right],
            [max(0.0, share.high - share.value) for share in right],
        ]
        plot.axes.errorbar(across, up, yerr=bars, fmt="o", ms=4, color=SURE, capsize=2)
    return plot.svg
