"""The command `visage`: a file a sub-command, each with a function `run`.

What a sub-command works with is imported when it runs: help and mistakes in options cost no time.
"""

import os
import sys
from typing import Annotated, NoReturn

import typer

from visage.cli import embed, identify, label, models, page, score
from visage.errors import VisageError
from visage.resources import version

app = typer.Typer(
    help="Who is in these photographs?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (identify, embed, label, models, page, score):
    app.command(_command.__name__.rpartition(".")[2])(_command.run)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"visage-ml {version()}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and end.")
    ] = False,
) -> None:
    """Who is in these photographs?"""


def main() -> None:
    """Run the command; what the user can mend is said in a sentence, not in a traceback."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # what it says of itself concerns nobody
    try:
        app()
    except VisageError as error:
        typer.secho(f"error: {error}", err=True, fg="red")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _leave_the_pipe()


def _leave_the_pipe() -> NoReturn:
    """End quietly: whoever read what is printed has seen enough (`visage models | head -1`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(1)
