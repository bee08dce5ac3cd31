"""Find the people closest to each face of a shard of the queries."""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Match
from visage.search.calibration import read_evaluation
from visage.search.match import match_shard, remove_old_lists
from visage.search.threshold import resolve_threshold
from visage.store.sidecars import sidecar_path
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

log = logging.getLogger(__name__)

with logged(snakemake.log[0]):
    params = snakemake.params
    settings = Match.model_validate(params.settings)
    names = snakemake.input.get("names")
    table, output = Path(snakemake.input.table), Path(snakemake.output[0])
    folder = optional(params.sidecars)
    evaluation = snakemake.input.get("evaluation")
    own = optional(evaluation)
    threshold = resolve_threshold(
        settings.threshold,
        params.published,
        params.normalize,
        own,
        settings.ranking,
    )
    log.info("threshold %s: %s", threshold.value, threshold.source)
    match_shard(
        table=table,
        faces=Path(snakemake.input.faces),
        annoy=Path(snakemake.input.annoy),
        names=optional(names),
        output=output,
        sidecar=partial(sidecar_path, folder, suffix=".json") if folder else None,
        settings=settings,
        normalize=params.normalize,
        threshold=threshold.value,
        calibration=read_evaluation(own).calibration if own else None,
    )
    # Never in the user's own folder, where another program's files may be.
    remove_old_lists(output.parent, table, int(snakemake.wildcards.shard), params.shards)
