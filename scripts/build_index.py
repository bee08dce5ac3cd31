"""Join the gallery's faces tables into one searchable index."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.people.people import read_people
from visage.search.index import build_index
from visage.search.labelled import GalleryLabels, read_labelled
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import IndexSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    settings = IndexSettings.read(snakemake.input.settings)
    index = settings.index
    build_index(
        tables=paths(snakemake.input.get("tables")),
        faces=Path(snakemake.output.faces),
        annoy=Path(snakemake.output.annoy),
        labels=Path(snakemake.output.labels),
        normalize=index.normalize,
        trees=index.trees,
        seed=index.seed,
        jobs=index.jobs,
        existing=optional(index.existing),
        said=GalleryLabels(
            read_labelled(optional(snakemake.input.get("labelled"))),
            read_people(optional(snakemake.input.get("people"))).one,
            settings.queries_from_gallery,
            alone=not snakemake.input.get("tables"),
        ),
        like=optional(snakemake.input.get("like")),
    )
