"""Delete all results and the cache of embeddings."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import load
from visage.privacy.removal import delete_everything
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    delete_everything(load(params.config), set(params.outputs), keep=Path(snakemake.log[0]))
