"""The distances of a run, drawn in the colours of the page."""

import math

from matplotlib.ticker import MaxNLocator

from visage.report.data import Face
from visage.report.drawing import drawing
from visage.search.threshold import VERDICTS

SIZE = (6.4, 2.7)  # inches
BINS = 30  # up to the threshold, or to the largest distance where there is none

# Colours that stand for those of report.css, so that the plot is light and dark with the page.
_VARIABLES = {
    "#010101": "var(--sure)",
    "#020202": "var(--doubt)",
    "#030303": "var(--none)",
    "#040404": "var(--ink)",
    "#050505": "var(--quiet)",
    "#060606": "var(--line)",
}
_MATCH, _POSSIBLE, _UNKNOWN, _INK, _SOFT, _LINE = _VARIABLES
_STYLE = {
    "text.color": _SOFT,
    "axes.labelcolor": _SOFT,
    "axes.edgecolor": _LINE,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "grid.color": _LINE,
    "axes.axisbelow": True,
}


def distances(faces: list[Face], threshold: float | None) -> str:
    """Draw how far each face's closest person is, as SVG; "" where nothing was compared.

    Bars are stacked by verdict; the threshold lies between two of them.
    """
    parts = {
        verdict: [face.candidates[0].distance for face in faces if face.verdict == verdict]
        for verdict in VERDICTS
        if any(face.verdict == verdict and face.candidates for face in faces)
    }
    if not parts:
        return ""
    colours = dict(zip(VERDICTS, (_MATCH, _POSSIBLE, _UNKNOWN), strict=True))
    largest = max(max(values) for values in parts.values())
    step = (threshold or largest or 1.0) / BINS
    edges = [step * number for number in range(max(BINS, math.ceil(largest / step)) + 2)]
    with drawing("distance to the closest person", "faces", SIZE, _STYLE) as plot:
        plot.axes.hist(
            list(parts.values()),
            edges,
            stacked=True,
            color=[colours[verdict] for verdict in parts],
            label=list(parts),
        )
        if threshold:
            label = f"threshold {threshold:.3f}"
            plot.axes.axvline(threshold, color=_INK, lw=1.2, label=label)
        plot.axes.set_xlim(0, edges[-1])
        plot.axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        plot.axes.legend(fontsize=8.5, frameon=False)
    svg = plot.svg
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg
