"""Take the original program's face.db and face.json as the gallery's tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.existing import import_index
from visage.job import logged
from visage.registry import load_registry

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    import_index(
        database=Path(snakemake.input.database),
        labels=Path(snakemake.input.labels),
        registry=load_registry(Path(snakemake.params.registry)),
        model=snakemake.params.model,
        deny=snakemake.params.deny,
        outputs=[Path(path) for path in snakemake.output],
    )
