"""Say what became of each image of both sets."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.score.images_table import tabulate
from visage.workflow.job import logged, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    tabulate(
        gallery=paths(snakemake.input.gallery),
        queries=paths(snakemake.input.queries),
        output=Path(snakemake.output[0]),
    )
