"""List the demo's photographs, once they are there: one manifest a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import load
from visage.models.registry import load_registry
from visage.workflow import plan
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    config = load(params.config)
    made = plan.make(config, load_registry(Path(params.registry)), params.demo)
    plan.write_listing(made, config)
