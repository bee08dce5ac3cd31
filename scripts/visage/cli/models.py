"""`visage models`: what can be chosen as `model`."""

import json
from typing import Annotated

import typer

from visage.cli.screen import Row, show

FACTS = ("detector", "recognizer", "engine", "dimension")


def run(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """List the models: detector, recogniser, what computes, and whether the weights are here."""
    from visage.models.registry import load_registry
    from visage.resources import MODELS, weights_folder

    folder = weights_folder()
    registry = load_registry(MODELS)

    def here(model: str) -> bool:
        return all((folder / file).is_file() for file in registry.model(model).files)

    rows = [
        {key: getattr(entry, key) for key in FACTS} | {"model": name, "weights": here(name)}
        for name, entry in registry.models.items()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    columns = ("model", *FACTS, "weights")
    said = {True: "here", False: "fetched when needed"}
    cells = [row | {"weights": said[row["weights"]]} for row in rows]
    show(columns, (Row([str(row[column]) for column in columns]) for row in cells))
