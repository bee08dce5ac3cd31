"""List what looks wrong in the gallery."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.audit.audit import audit
from visage.workflow.job import logged, optional, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    names = snakemake.input.get("names")
    audit(
        tables=paths(snakemake.input.tables),
        faces=Path(snakemake.input.faces),
        names=optional(names),
        published=snakemake.params.published,
        output=Path(snakemake.output[0]),
    )
