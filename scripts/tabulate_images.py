"""Say what became of each image of both sets."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.job import logged, paths
from visage.status import tabulate

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    tabulate(
        gallery=paths(snakemake.input.gallery),
        queries=paths(snakemake.input.queries),
        output=Path(snakemake.output[0]),
    )
