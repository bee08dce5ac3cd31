"""Write the record of a run as a Workflow Run RO-Crate."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.export.crate import METADATA, write_crate
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    (metadata,) = [path for path in map(Path, snakemake.output) if path.name == METADATA]
    write_crate(
        folder=metadata.parent,
        home=Path(params.home),
        workflow=params.workflow,
        results={Path(path).name: Path(path) for path in given},
    )
