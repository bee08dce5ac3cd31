"""Tables on the screen."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

_PIPED = 200  # columns, where what is printed goes to a file or another program


class Row(NamedTuple):
    """A line of a table."""

    cells: Sequence[str]
    style: str = ""


def show(columns: Sequence[str], rows: Iterable[Row], numbers: Sequence[str] = ()) -> None:
    """Print a table; the columns called in `numbers` stand to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    for row in rows:
        # As text: names of files and people may hold what rich takes for markup.
        table.add_row(*(Text(cell, overflow="fold") for cell in row.cells), style=row.style)
    console = Console()
    if not console.is_terminal:
        console.width = _PIPED
    console.print(table)
