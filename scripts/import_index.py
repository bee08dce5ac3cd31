"""Take the original program's face.db and face.json as the gallery's tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.existing import import_index
from visage.fingerprint import fingerprint
from visage.job import logged, paths
from visage.registry import load_registry
from visage.tables import Origin

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    registry = load_registry(Path(snakemake.params.registry))
    model = snakemake.params.model
    entry = registry["models"][model]
    import_index(
        database=Path(snakemake.input.database),
        labels=Path(snakemake.input.labels),
        origin=Origin(model, fingerprint(registry, entry)),
        dimension=entry["dimension"],
        deny=snakemake.params.deny,
        outputs=paths(snakemake.output),
    )
