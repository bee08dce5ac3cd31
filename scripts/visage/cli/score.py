"""`visage score`: the original program's table for a folder of `<image>.json` files."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Holds <image>.json files.")
    ],
    performers_file: Annotated[
        Path | None, typer.Option(help="The names: a JSON file, in any of the known forms.")
    ] = None,
) -> None:
    """Print the original program's table: Score, Hits, Avg Distance, ID, Name.

    FOLDER holds one <image>.json an image, the original's or this program's
    (results/queries/matches/GROUP). Folders within it are groups of their own and not read.
    """
    from visage.score.lists import score_lists

    for line in score_lists(folder, performers_file):
        typer.echo(line)
