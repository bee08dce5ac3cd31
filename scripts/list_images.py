"""List photographs that a job of this run has made: one manifest a shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.layout import Results
from visage.models.fingerprint import fingerprint
from visage.models.registry import load_registry
from visage.store.files import write_text
from visage.workflow.job import logged
from visage.workflow.manifests import write_listing
from visage.workflow.settings import ScoreSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    config = ScoreSettings.read(snakemake.input.settings).config
    registry = load_registry(Path(params.registry))
    write_listing(
        config,
        Results(params.results),
        fingerprint(registry, registry.model(config.model)),
        params.sets,
        write_text,
    )
