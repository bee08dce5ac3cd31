"""`visage label`: say who somebody is, who they are not, or that a face is to be ignored."""

from pathlib import Path
from typing import Annotated

import typer

from visage.errors import VisageError
from visage.people.labels import Say


def run(
    say: Annotated[Say, typer.Argument(help="What is said of the face.")],
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PERSON] PHOTO…", help="The person's id (not for ignore), and the photographs."
        ),
    ],
    labels: Annotated[Path, typer.Option(help="The file to add to.")] = Path("labels.tsv"),
    results: Annotated[
        Path, typer.Option("--results", "-r", help="Where the faces are known from.")
    ] = Path("results"),
    face: Annotated[
        int | None, typer.Option(min=0, help="The number of the face, as results/faces.tsv has it.")
    ] = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="X,Y,W,H", help="Where the face is, in pixels of the upright image."),
    ] = None,
) -> None:
    """Add a line to labels.tsv for each photograph: is PERSON, not PERSON, or ignore.

    It counts from the next run of the workflow on. Of a photograph with several faces say which one
    is meant, with --face or --box.
    """
    from visage.people.editing import append_labels
    from visage.people.stating import Which, state

    person = "" if say is Say.IGNORE else words[0]
    photographs = words if say is Say.IGNORE else words[1:]
    if not photographs:
        raise VisageError(f"label {say}: name the person and at least one photograph.")
    which = Which.of(face, box)
    statements = [state(Path(photo), person, say, which, results) for photo in photographs]
    added = append_labels(labels, statements)
    typer.echo(f"{labels}: {added} added, {len(statements) - added} said already")
