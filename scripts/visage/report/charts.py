"""The distances of a run, drawn in the colours of the page."""

import math

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from visage.report.data import Face
from visage.report.drawing import DOUBT, INK, NONE, SURE, drawing
from visage.search.threshold import VERDICTS

SIZE = (6.4, 2.7)  # inches
BINS = 30  # up to the threshold, or to the largest distance where there is none


def distances(faces: list[Face], threshold: float | None) -> Markup:
    """Draw how far each face's closest person is, as SVG; "" where nothing was compared.

    Bars are stacked by verdict; the threshold lies between two of them.
    """
    # Of whom everybody was said not to be, nobody is a candidate.
    searched = [face for face in faces if face.candidates]
    parts = {
        verdict: [face.candidates[0].distance for face in searched if face.verdict == verdict]
        for verdict in VERDICTS
        if any(face.verdict == verdict for face in searched)
    }
    if not parts:
        return Markup()
    colours = dict(zip(VERDICTS, (SURE, DOUBT, NONE), strict=True))
    largest = max(max(values) for values in parts.values())
    step = (threshold or largest or 1.0) / BINS
    edges = [step * number for number in range(max(BINS, math.ceil(largest / step)) + 2)]
    with drawing("distance to the closest person", "faces", SIZE) as plot:
        plot.axes.hist(
            list(parts.values()),
            edges,
            stacked=True,
            color=[colours[verdict] for verdict in parts],
            label=list(parts),
        )
        if threshold:
            label = f"threshold {threshold:.3f}"
            plot.axes.axvline(threshold, color=INK, lw=1.2, label=label)
        plot.axes.set_xlim(0, edges[-1])
        plot.axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        plot.axes.legend()
    return plot.svg
