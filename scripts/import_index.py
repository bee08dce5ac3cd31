"""Take the original program's face.db and face.json as the gallery's tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.fingerprint import fingerprint
from visage.models.registry import load_registry
from visage.search.existing import import_index
from visage.store.tables import Origin
from visage.workflow.job import logged, paths
from visage.workflow.settings import ImportSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    registry = load_registry(Path(snakemake.params.registry))
    settings = ImportSettings.read(snakemake.input.settings)
    entry = registry.model(settings.model)
    import_index(
        database=Path(snakemake.input.database),
        labels=Path(snakemake.input.labels),
        origin=Origin(settings.model, fingerprint(registry, entry)),
        dimension=entry.dimension,
        deny=snakemake.params.deny,
        outputs=paths(snakemake.output),
    )
