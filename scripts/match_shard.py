"""Find the people closest to each face of a shard of the queries."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visage.search.gallery import Gallery
from visage.search.labelled import Said, read_labelled
from visage.search.match import match_nobody, match_shard, remove_old_lists
from visage.store.sidecars import sidecar_path
from visage.store.tables import read_table
from visage.workflow.job import logged, optional
from visage.workflow.settings import MatchSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

log = logging.getLogger(__name__)

with logged(snakemake.log[0]):
    settings = MatchSettings.read(snakemake.input.settings)
    table, output = Path(snakemake.input.table), Path(snakemake.output[0])
    folder = optional(settings.lists)
    faces = Path(snakemake.input.faces)
    sidecar = partial(sidecar_path, folder, suffix=".json") if folder else None
    if len(read_table(faces, ["image"])):
        gallery = Gallery.open(
            faces=faces,
            match=settings.match,
            normalize=settings.normalize,
            published=settings.published.model_dump(),
            evaluation=optional(snakemake.input.get("evaluation")),
            names=optional(snakemake.input.get("names")),
        )
        for line in gallery.explained():
            log.info("%s", line)
        said = Said.of(read_labelled(optional(snakemake.input.get("labelled"))))
        results, overlapping = settings.match.results, settings.overlapping
        match_shard(table, gallery, output, sidecar, results, said, overlapping)
    else:
        match_nobody(table, output, sidecar)
    # Never in the user's own folder, where another program's files may be.
    remove_old_lists(output.parent, table, int(snakemake.wildcards.shard), settings.shards)
