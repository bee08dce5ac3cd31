"""Write a row a face of the queries, and who is with whom."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.score.faces_table import Shard, tabulate_faces
from visage.score.together import tabulate_together
from visage.store.copies import read_originals
from visage.workflow.job import logged, optional, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    inputs = snakemake.input
    tables, matches = paths(inputs.tables), paths(inputs.matches)
    tabulate_faces(
        shards=(Shard(*pair) for pair in zip(tables, matches, strict=True)),
        labelled=optional(inputs.get("labelled")),
        clusters=Path(inputs.clusters),
        output=Path(snakemake.output.faces),
    )
    originals = read_originals(Path(inputs.images))
    tabulate_together(tables, matches, originals, Path(snakemake.output.together))
