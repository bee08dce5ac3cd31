"""Plots as SVG in the page's own type and colours, light and dark with it.

The same numbers give the same bytes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = (3.7, 2.7)  # inches: 355 pixels wide, which fits a phone without being scaled

# Colours that stand for those of style.css: the page says what they are.
_VARIABLES = {
    "#010101": "var(--sure)",
    "#020202": "var(--doubt)",
    "#030303": "var(--none)",
    "#040404": "var(--ink)",
    "#050505": "var(--quiet)",
    "#060606": "var(--line)",
}
SURE, DOUBT, NONE, INK, QUIET, LINE = _VARIABLES
_STYLE: Any = {
    "svg.hashsalt": "visage",  # otherwise every run has other ids
    "svg.fonttype": "none",  # text stays text, in the page's own font
    "font.family": "sans-serif",
    "font.size": 9,  # points: 12 pixels
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.labelcolor": QUIET,
    "text.color": QUIET,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": LINE,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
}
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


class Drawing:
    """One figure and, afterwards, its SVG."""

    def __init__(self, size: tuple[float, float]) -> None:
        """Start an empty figure."""
        self.figure = Figure(figsize=size, layout="constrained")
        self.axes: Axes = self.figure.subplots()
        self.svg = Markup()


@contextmanager
def drawing(across: str, up: str, size: tuple[float, float] = SIZE) -> Iterator[Drawing]:
    """Give a figure to draw into; when the block ends, its `svg` is there.

    Args:
        across: Name of the horizontal axis.
        up: Name of the vertical axis.
        size: Width and height, inches.
    """
    with mpl.rc_context(_STYLE):
        made = Drawing(size)
        made.axes.set_xlabel(across)
        made.axes.set_ylabel(up)
        yield made
        file = io.StringIO()
        made.figure.savefig(file, format="svg", transparent=True, metadata=_NO_METADATA)
    text = file.getvalue()
    svg = text[text.index("<svg") :]
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    made.svg = Markup(svg)
