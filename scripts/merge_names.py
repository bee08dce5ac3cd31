"""Join the ids of people.tsv in the names file."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.merging import merge_names
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    merge_names(
        people=Path(snakemake.input.people),
        names=optional(snakemake.input.get("names")),
        output=Path(snakemake.output[0]),
    )
