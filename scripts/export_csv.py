"""Write a selection of the faces as CSV."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Select
from visage.export.selection import export_csv
from visage.sets.deny import read_deny
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    export_csv(
        faces=Path(snakemake.input[0]),
        select=Select.model_validate(params.select),
        deny=read_deny(params.deny),
        output=Path(params.file),
    )
