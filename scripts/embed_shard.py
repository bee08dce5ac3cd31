"""Embed the images of one shard: manifest in, faces table out, `.vector` files beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.embed.runner import Destination, Source, embed_shard
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.workflow.gpu import one_gpu
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), one_gpu(snakemake.resources.get("gpu", 0)):
    params = snakemake.params
    embed_shard(
        Source(
            manifest=Path(snakemake.input.manifest),
            root=Path(params.root),
            shards=params.shards,
            regions=optional(params.regions),
            deny=params.deny,
        ),
        Installed(load_registry(Path(params.registry)), params.model, Path(params.weights)),
        Destination(
            table=Path(snakemake.output[0]),
            cache=Path(params.cache),
            vectors=optional(params.vectors),
        ),
        threads=snakemake.threads,
    )
