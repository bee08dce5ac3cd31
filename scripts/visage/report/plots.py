"""The curves of an evaluation."""

from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from visage.report.drawing import DOUBT, INK, QUIET, SURE, drawing

LEAST = 1e-4  # rates below are drawn there: a logarithmic axis has no 0


def curves(result: dict[str, Any], threshold: float | None) -> dict[str, Markup]:
    """Draw what an evaluation has numbers for: histogram, det, cmc, reliability.

    Args:
        result: The content of evaluation.json.
        threshold: The one that is used, if any.
    """
    details = result["details"]
    drawn = {}
    if details["histogram"]["own"] or details["histogram"]["other"]:
        drawn["histogram"] = histogram(details["histogram"], threshold)
    if result["det"]:
        drawn["det"] = det(result["det"], result["operating"])
    if result["cmc"]:
        drawn["cmc"] = cmc(result["cmc"])
    if result["reliability"]:
        drawn["reliability"] = reliability(result["reliability"])
    return drawn


def histogram(counts: dict[str, list[float]], threshold: float | None) -> Markup:
    """Draw the distances to the own person and to the nearest other one."""
    edges = np.array(counts["edges"])
    with drawing("distance", "share of the searches") as plot:
        for name, colour, label in (
            ("own", SURE, "to the person, known"),
            ("other", DOUBT, "to the nearest, stranger"),
        ):
            if counts[name]:
                shares = np.array(counts[name]) / sum(counts[name])
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


def det(points: list[dict[str, Any]], asked: list[dict[str, Any]]) -> Markup:
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
        plot.axes.fill_between(across, low, high, color=SURE, alpha=0.2, lw=0)
        plot.axes.plot(across, value, color=SURE)
        marked = [point for point in asked if point["fnir"]]
        plot.axes.plot(
            [point["fpir"] for point in marked],
            [max(point["fnir"]["value"], LEAST) for point in marked],
            ls="",
            marker="o",
            ms=4,
            color=INK,
        )
        plot.axes.set_xscale("log")
        plot.axes.set_yscale("log")
    return plot.svg


def reliability(bins: list[dict[str, Any]]) -> Markup:
    """Draw the share that was right against the probability that was given."""
    with drawing("probability given", "share that was right") as plot:
        plot.axes.plot([0, 1], [0, 1], color=QUIET, lw=1, ls="--")
        across = [b["predicted"] for b in bins]
        up = [b["observed"]["value"] for b in bins]
        bars = [
            [max(0.0, b["observed"]["value"] - b["observed"]["low"]) for b in bins],
            [max(0.0, b["observed"]["high"] - b["observed"]["value"]) for b in bins],
        ]
        plot.axes.errorbar(across, up, yerr=bars, fmt="o", ms=4, color=SURE, capsize=2)
    return plot.svg
