"""Find the people closest to each face of a shard of the queries."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Match
from visage.search.gallery import Gallery
from visage.search.labelled import Said, read_labelled
from visage.search.match import match_nobody, match_shard, remove_old_lists
from visage.store.sidecars import sidecar_path
from visage.store.tables import read_table
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

log = logging.getLogger(__name__)

with logged(snakemake.log[0]):
    params = snakemake.params
    settings = Match.model_validate(params.settings)
    table, output = Path(snakemake.input.table), Path(snakemake.output[0])
    folder = optional(params.sidecars)
    faces = Path(snakemake.input.faces)
    sidecar = partial(sidecar_path, folder, suffix=".json") if folder else None
    if len(read_table(faces, ["image"])):
        gallery = Gallery.open(
            faces=faces,
            match=settings,
            normalize=params.normalize,
            published=params.published,
            evaluation=optional(snakemake.input.get("evaluation")),
            names=optional(snakemake.input.get("names")),
        )
        for line in gallery.explained():
            log.info("%s", line)
        said = Said.of(read_labelled(optional(snakemake.input.get("labelled"))))
        match_shard(table, gallery, output, sidecar, settings.results, said, params.overlapping)
    else:
        match_nobody(table, output, sidecar)
    # Never in the user's own folder, where another program's files may be.
    remove_old_lists(output.parent, table, int(snakemake.wildcards.shard), params.shards)
