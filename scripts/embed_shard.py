"""Embed the images of one shard: manifest in, faces table out, `.vector` files beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.embed.runner import Destination, Source, embed_shard
from visage.models.model import Installed
from visage.models.registry import load_registry
from visage.sets.listing import read_settings
from visage.workflow.gpu import one_gpu
from visage.workflow.job import logged, optional

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), one_gpu(snakemake.resources.get("gpu", 0)):
    params = snakemake.params
    manifest = Path(snakemake.input.manifest)
    settings = read_settings(manifest)
    embed_shard(
        Source(
            manifest=manifest,
            root=Path(settings.root),
            shards=settings.shards,
            regions=optional(snakemake.input.get("regions")),
            deny=params.deny,
        ),
        Installed(load_registry(Path(params.registry)), settings.entry, Path(params.weights)),
        Destination(
            table=Path(snakemake.output[0]),
            cache=Path(params.cache),
            vectors=optional(settings.vectors),
        ),
        threads=snakemake.threads,
    )
