"""Find the people closest to each face of a shard of the queries."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Match
from visage.search.gallery import Gallery
from visage.search.match import match_shard, remove_old_lists
from visage.store.sidecars import sidecar_path
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

log = logging.getLogger(__name__)

with logged(snakemake.log[0]):
    params = snakemake.params
    settings = Match.model_validate(params.settings)
    table, output = Path(snakemake.input.table), Path(snakemake.output[0])
    folder = optional(params.sidecars)
    gallery = Gallery.open(
        faces=Path(snakemake.input.faces),
        match=settings,
        normalize=params.normalize,
        published=params.published,
        evaluation=optional(snakemake.input.get("evaluation")),
        names=optional(snakemake.input.get("names")),
    )
    for line in gallery.explained():
        log.info("%s", line)
    match_shard(
        table=table,
        gallery=gallery,
        output=output,
        sidecar=partial(sidecar_path, folder, suffix=".json") if folder else None,
        results=settings.results,
    )
    # Never in the user's own folder, where another program's files may be.
    remove_old_lists(output.parent, table, int(snakemake.wildcards.shard), params.shards)
