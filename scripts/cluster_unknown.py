"""Gather the faces of the queries that are nobody's into people."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.clusters import cluster_unknown, nobodys, strangers_distance
from visage.search.labelled import Said, read_labelled
from visage.store.tables import common_origin
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import UnknownSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    inputs, output = snakemake.input, snakemake.output
    settings = UnknownSettings.read(inputs.settings)
    tables, matches = paths(inputs.tables), paths(inputs.matches)
    evaluation = optional(inputs.get("evaluation"))
    said = Said.of(read_labelled(optional(inputs.get("labelled"))))
    cluster_unknown(
        faces=nobodys(tables, matches, said.ignored),
        output=Path(output.clusters),
        listing=Path(output.unknown),
        names=Path(snakemake.params.cache, "unknown", "names.parquet"),
        min_faces=settings.min_faces,
        limit=strangers_distance(evaluation, settings.published.model_dump(), settings.normalize),
        normalize=settings.normalize,
        origin=common_origin([*tables, *matches]),
    )
