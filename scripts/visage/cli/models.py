"""`visage models`: what can be chosen as `model`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from visage.cli.screen import Row, show
from visage.resources import MODELS, weights_folder

if TYPE_CHECKING:
    from visage.models.catalogue import Offer

COLUMNS = (
    *("model", "detector", "recognizer", "MB", "licence", "business", "quality"),
    *("accuracy", "installed"),
)


def run(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """List the models: size, licence, accuracy as published, and what is here."""
    from visage.models.catalogue import offers
    from visage.models.registry import load_registry

    found = offers(load_registry(MODELS), weights_folder())
    if as_json:
        rows = [asdict(offer) | {"ready": offer.ready} for offer in found]
        typer.echo(json.dumps(rows, indent=2))
    else:
        show(COLUMNS, (Row(_cells(offer)) for offer in found))


def _cells(offer: "Offer") -> list[str]:
    return [
        offer.name,
        offer.detector,
        offer.recogniser,
        f"{offer.bytes / 1e6:.0f}",
        "; ".join(offer.licences),
        "yes" if offer.business else "no",
        "yes" if offer.quality else "none",
        offer.published or "",
        _installed(offer),
    ]


def _installed(offer: "Offer") -> str:
    if offer.ready:
        return "yes"
    weights = [] if offer.weights_here else ["weights are fetched when needed"]
    return "; ".join([*weights, *offer.lacks])
