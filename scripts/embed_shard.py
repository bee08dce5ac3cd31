"""Embed the images of one shard: manifest in, faces table out, `.vector` files beside it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visage.embed.runner import embed_shard
from visage.models.registry import load_registry
from visage.workflow.gpu import one_gpu
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

# The terminal, for the progress line: inside the block below, stderr is the log file.
with (
    os.fdopen(os.dup(2), "w") as screen,
    logged(snakemake.log[0]),
    one_gpu(snakemake.resources.get("gpu", 0)),
):
    params = snakemake.params
    embed_shard(
        manifest=Path(snakemake.input.manifest),
        root=Path(params.root),
        registry=load_registry(Path(params.registry)),
        model=params.model,
        weights=Path(params.weights),
        cache=Path(params.cache),
        output=Path(snakemake.output[0]),
        vectors=optional(params.vectors),
        regions=optional(params.regions),
        shards=params.shards,
        threads=snakemake.threads,
        deny=params.deny,
        screen=screen,
    )
