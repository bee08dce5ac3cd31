"""Bring what was said together with the faces there are."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Faces
from visage.embed.selection import Choice
from visage.models.fingerprint import fingerprint
from visage.models.model import load_model
from visage.models.registry import load_registry
from visage.models.weights.verify import verify_model
from visage.people.applying import Sources, apply_labels
from visage.people.making import FaceMaker
from visage.people.people import read_people
from visage.sets.deny import read_deny
from visage.types import Model
from visage.workflow.gpu import one_gpu
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import LabelSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), one_gpu(snakemake.resources.get("gpu", 0)):
    inputs, params = snakemake.input, snakemake.params
    settings = LabelSettings.read(inputs.settings)
    registry = load_registry(Path(params.registry))
    entry = registry.model(settings.model)

    def load() -> Model:
        """Load the model, for a region in which no face was found yet."""
        verify_model(registry, settings.model, Path(params.weights))
        return load_model(entry, Path(params.weights), snakemake.threads)

    maker = FaceMaker(
        {"gallery": Path(settings.gallery), "queries": Path(settings.queries)},
        load,
        Path(params.cache, "marked", f"{fingerprint(registry, entry)}.parquet"),
        Choice(Faces(min_quality=settings.min_quality)),
    )
    imported = paths(inputs.get("imported"))
    apply_labels(
        Sources(
            optional(inputs.get("labels")),
            imported,
            [path.with_suffix(".faults.tsv") for path in imported],
        ),
        read_people(optional(inputs.get("people"))),
        read_deny(params.deny),
        {"gallery": paths(inputs.get("gallery")), "queries": paths(inputs.get("queries"))},
        maker,
        Path(snakemake.output.labelled),
        Path(snakemake.output.findings),
    )
    maker.save()
