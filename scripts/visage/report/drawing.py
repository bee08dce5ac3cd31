"""Plots as SVG that is the same for the same numbers."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = (4.6, 3.0)  # inches
_STYLE: dict[str, Any] = {
    "svg.hashsalt": "visage",  # otherwise every run has other ids
    "svg.fonttype": "none",  # text stays text, in the page's own font
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
}


class Drawing:
    """One figure and, afterwards, its SVG."""

    def __init__(self, size: tuple[float, float]) -> None:
        """Start an empty figure."""
        self.figure = Figure(figsize=size, layout="constrained")
        self.axes: Axes = self.figure.subplots()
        self.svg = ""


@contextmanager
def drawing(
    across: str, up: str, size: tuple[float, float] = SIZE, style: Mapping[str, Any] | None = None
) -> Iterator[Drawing]:
    """Give a figure to draw into; when the block ends, its `svg` is there.

    Args:
        across: Name of the horizontal axis.
        up: Name of the vertical axis.
        size: Width and height, inches.
        style: Settings of matplotlib, on top of the usual ones.
    """
    settings: Any = {**_STYLE, **(style or {})}
    with mpl.rc_context(settings):
        made = Drawing(size)
        made.axes.set_xlabel(across)
        made.axes.set_ylabel(up)
        yield made
        file = io.StringIO()
        made.figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    text = file.getvalue()
    made.svg = text[text.index("<svg") :]
