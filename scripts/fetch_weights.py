"""Put one weight file into weights/, checked against its SHA-256."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.registry import load_registry
from visage.models.weights.fetching import fetch
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

# The terminal, for the progress bar: inside the block below, stderr is the log file.
with os.fdopen(os.dup(2), "w") as screen, logged(snakemake.log[0]):
    target = Path(snakemake.output[0])
    files = load_registry(Path(snakemake.params.registry)).files
    fetch(target.name, files, target.parent, screen)
