"""The curves of the evaluation page, as SVG that is the same for the same numbers."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from visage.evaluation import metrics
from visage.evaluation.protocol import Trials
from visage.report.drawing import drawing

KNOWN, STRANGERS, GUIDE = "#0b6e4f", "#c2571a", "#808080"
BINS = 60
LEAST = 1e-4  # rates below are drawn there: a logarithmic axis has no 0


def histogram(trials: Trials, threshold: float | None) -> str:
    """Draw the distances to the own person and to the nearest other one."""
    own, other = trials.own[metrics.mated(trials)], metrics.strangers(trials)
    edges = np.linspace(0, 1.02 * max(own.max(initial=0), other.max(initial=0)), BINS + 1).tolist()
    with drawing("distance", "share of the searches") as plot:
        for part, colour, label in (
            (own, KNOWN, "to the person, known"),
            (other, STRANGERS, "to the nearest, stranger"),
        ):
            if len(part):
                weights = np.full(len(part), 1 / len(part))
                plot.axes.hist(part, edges, weights=weights, color=colour, alpha=0.6, label=label)
        if threshold is not None:
            plot.axes.axvline(threshold, color="black", lw=1, label=f"threshold {threshold:.3f}")
        plot.axes.legend(fontsize=8, frameon=False)
    return plot.svg


def cmc(shares: list[float]) -> str:
    """Draw how often the right person is among the nearest 1, 2, … people."""
    with drawing("nearest people looked at", "right person among them") as plot:
        ranks = np.arange(1, len(shares) + 1)
        plot.axes.plot(ranks, shares, marker="o", ms=3, color=KNOWN)
        plot.axes.set_ylim(min(0.9, min(shares) - 0.02), 1.005)
        plot.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return plot.svg


def det(points: list[dict[str, Any]], asked: list[dict[str, Any]]) -> str:
    """Draw known people missed against strangers taken for somebody, both axes logarithmic.

    Args:
        points: The curve: fpir, fnir with its interval.
        asked: The rates that are asked for, marked.
    """
    with drawing("strangers taken for somebody (FPIR)", "known people missed (FNIR)") as plot:
        across = [point["fpir"] for point in points]
        value, low, high = (
            [max(point["fnir"][key], LEAST) for point in points] for key in ("value", "low", "high")
        )
        plot.axes.fill_between(across, low, high, color=KNOWN, alpha=0.2, lw=0)
        plot.axes.plot(across, value, color=KNOWN)
        marked = [point for point in asked if point["fnir"]]
        plot.axes.plot(
            [point["fpir"] for point in marked],
            [max(point["fnir"]["value"], LEAST) for point in marked],
            ls="",
            marker="o",
            ms=4,
            color="black",
        )
        plot.axes.set_xscale("log")
        plot.axes.set_yscale("log")
    return plot.svg


def reliability(bins: list[dict[str, Any]]) -> str:
    """Draw the share that was right against the probability that was given."""
    with drawing("probability given", "share that was right") as plot:
        plot.axes.plot([0, 1], [0, 1], color=GUIDE, lw=1, ls="--")
        across = [b["predicted"] for b in bins]
        up = [b["observed"]["value"] for b in bins]
        bars = [
            [max(0.0, b["observed"]["value"] - b["observed"]["low"]) for b in bins],
            [max(0.0, b["observed"]["high"] - b["observed"]["value"]) for b in bins],
        ]
        plot.axes.errorbar(across, up, yerr=bars, fmt="o", ms=4, color=KNOWN, capsize=2)
    return plot.svg
