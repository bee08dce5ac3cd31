"""The curves of the evaluation page, as SVG that is the same for the same numbers."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from visage.evaluation import metrics
from visage.evaluation.protocol import Trials

KNOWN, STRANGERS, GUIDE = "#0b6e4f", "#c2571a", "#808080"
SIZE = (4.6, 3.0)  # inches
BINS = 60
_STYLE: Any = {
    "svg.hashsalt": "visage",  # otherwise every run has other ids
    "svg.fonttype": "none",  # text stays text, in the page's own font
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
}


class _Drawing:
    """One figure and, afterwards, its SVG."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=SIZE, layout="constrained")
        self.axes: Axes = self.figure.subplots()
        self.svg = ""


@contextmanager
def _drawing(across: str, up: str) -> Iterator[_Drawing]:
    with mpl.rc_context(_STYLE):
        drawing = _Drawing()
        drawing.axes.set_xlabel(across)
        drawing.axes.set_ylabel(up)
        yield drawing
        file = io.StringIO()
        drawing.figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    drawing.svg = text[text.index("<svg") :]


def histogram(trials: Trials, threshold: float | None) -> str:
    """Draw the distances to the own person and to the nearest other one."""
    own, other = trials.own[metrics.mated(trials)], metrics.strangers(trials)
    edges = np.linspace(0, 1.02 * max(own.max(initial=0), other.max(initial=0)), BINS + 1).tolist()
    with _drawing("distance", "share of the searches") as drawing:
        for part, colour, label in (
            (own, KNOWN, "to the person, known"),
            (other, STRANGERS, "to the nearest, stranger"),
        ):
            if len(part):
                weights = np.full(len(part), 1 / len(part))
                drawing.axes.hist(
                    part, edges, weights=weights, color=colour, alpha=0.6, label=label
                )
        if threshold is not None:
            drawing.axes.axvline(threshold, color="black", lw=1, label=f"threshold {threshold:.3f}")
        drawing.axes.legend(fontsize=8, frameon=False)
    return drawing.svg


def cmc(shares: list[float]) -> str:
    """Draw how often the right person is among the nearest 1, 2, … people."""
    with _drawing("nearest people looked at", "right person among them") as drawing:
        ranks = np.arange(1, len(shares) + 1)
        drawing.axes.plot(ranks, shares, marker="o", ms=3, color=KNOWN)
        drawing.axes.set_ylim(min(0.9, min(shares) - 0.02), 1.005)
        drawing.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return drawing.svg


def roc(trials: Trials, points: list[dict[str, Any]]) -> str:
    """Draw known people found against strangers taken for somebody."""
    fpir, found = metrics.roc(trials)
    with _drawing(
        "strangers taken for somebody (FPIR)", "known people found (1 − FNIR)"
    ) as drawing:
        drawing.axes.step(fpir, found, where="post", color=KNOWN)
        drawing.axes.set_xscale("log")
        for point in points:
            if point["fnir"]:
                value, low, high = (1 - point["fnir"][key] for key in ("value", "low", "high"))
                bars = [[max(0.0, value - high)], [max(0.0, low - value)]]
                drawing.axes.errorbar(
                    point["fpir"], value, yerr=bars, fmt="o", ms=4, color="black", capsize=3
                )
    return drawing.svg


def reliability(bins: list[dict[str, Any]]) -> str:
    """Draw the share that was right against the probability that was given."""
    with _drawing("probability given", "share that was right") as drawing:
        drawing.axes.plot([0, 1], [0, 1], color=GUIDE, lw=1, ls="--")
        across = [b["predicted"] for b in bins]
        up = [b["observed"]["value"] for b in bins]
        bars = [
            [max(0.0, b["observed"]["value"] - b["observed"]["low"]) for b in bins],
            [max(0.0, b["observed"]["high"] - b["observed"]["value"]) for b in bins],
        ]
        drawing.axes.errorbar(across, up, yerr=bars, fmt="o", ms=4, color=KNOWN, capsize=2)
    return drawing.svg
