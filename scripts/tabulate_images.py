"""Say what became of each image of both sets."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.models.registry import load_registry
from visage.score.images_table import tabulate
from visage.search.neighbours import copy_limit
from visage.store.tables import common_origin
from visage.workflow.job import logged, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    gallery, queries = paths(snakemake.input.gallery), paths(snakemake.input.queries)
    entry = load_registry(Path(snakemake.params.registry)).model(common_origin(queries).model)
    tabulate(
        gallery=gallery,
        queries=queries,
        output=Path(snakemake.output[0]),
        near=copy_limit(entry.threshold.normalized),
    )
