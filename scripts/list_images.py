"""List the demo's photographs, once they are there: one manifest a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage import plan
from visage.job import logged
from visage.registry import load_registry

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    made = plan.make(params.config, load_registry(Path(params.registry)), params.demo)
    plan.write_listing(made, params.config)
