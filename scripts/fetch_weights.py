"""Put one weight file into weights/, checked against its SHA-256."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.registry import load_registry
from visage.models.weights.fetching import fetch
from visage.workflow.job import logged, terminal

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with terminal() as screen, logged(snakemake.log[0]):
    target = Path(snakemake.output[0])
    files = load_registry(Path(snakemake.params.registry)).files
    fetch(target.name, files, target.parent, screen)
