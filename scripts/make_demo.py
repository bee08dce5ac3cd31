"""Make the demo's gallery and queries from photographs inside pinned packages."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.demo import make_demo
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    make_demo(Path(snakemake.output.sources).parent)
