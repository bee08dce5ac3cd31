"""Join the gallery's faces tables into one searchable index."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.people import read_people
from visage.search.index import build_index
from visage.search.labelled import GalleryLabels, read_labelled
from visage.workflow.job import logged, optional, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    existing = snakemake.params.existing
    build_index(
        tables=paths(snakemake.input.get("tables")),
        faces=Path(snakemake.output.faces),
        annoy=Path(snakemake.output.annoy),
        labels=Path(snakemake.output.labels),
        normalize=snakemake.params.normalize,
        trees=snakemake.params.trees,
        seed=snakemake.params.seed,
        jobs=snakemake.params.jobs,
        existing=optional(existing),
        said=GalleryLabels(
            read_labelled(optional(snakemake.input.get("labelled"))),
            read_people(optional(snakemake.input.get("people"))).one,
            snakemake.params.queries_from_gallery,
            alone=not snakemake.input.get("tables"),
        ),
        like=optional(snakemake.input.get("like")),
    )
