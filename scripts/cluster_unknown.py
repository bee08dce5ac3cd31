"""Gather the faces of the queries that are nobody's into people."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.clusters import (
    How,
    Written,
    cluster_unknown,
    nobodys,
    refusals,
    strangers_distance,
)
from visage.store.copies import read_originals
from visage.store.tables import common_origin
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import UnknownSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    inputs, output = snakemake.input, snakemake.output
    settings = UnknownSettings.read(inputs.settings)
    tables, matches = paths(inputs.tables), paths(inputs.matches)
    evaluation, labelled = (optional(inputs.get(one)) for one in ("evaluation", "labelled"))
    published = settings.published.model_dump()
    limit = strangers_distance(evaluation, published, settings.normalize)
    names = Path(snakemake.params.cache, "unknown", "names.parquet")
    cluster_unknown(
        nobodys(tables, matches, labelled),
        refusals(labelled),
        How(settings.min_faces, limit, settings.normalize, snakemake.threads),
        Written(Path(output.clusters), Path(output.unknown), names),
        common_origin([*tables, *matches]),
        read_originals(Path(inputs.images)),
    )
