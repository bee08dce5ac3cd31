"""Score each person in each group of queries."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.job import logged
from visage.score import score

if TYPE_CHECKING:
    from visage.job import snakemake

with logged(snakemake.log[0]):
    names = snakemake.input.get("names")
    evaluation = snakemake.input.get("evaluation")
    score(
        matches=[Path(path) for path in snakemake.input.matches],
        names=Path(names) if names else None,
        links=snakemake.params.links,
        results=snakemake.params.results,
        output=Path(snakemake.output[0]),
        tables=[Path(path) for path in snakemake.input.tables],
        evaluation=Path(evaluation) if evaluation else None,
        normalize=snakemake.params.normalize,
    )
