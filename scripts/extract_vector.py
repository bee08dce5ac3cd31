"""Write the `.vector` file of one image, asked for by name."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.store.paths import as_text
from visage.store.sidecars import extract_vector
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    extract_vector(
        table=Path(snakemake.input[0]),
        image=as_text(snakemake.wildcards.image),
        output=Path(snakemake.output[0]),
    )
