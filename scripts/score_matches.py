"""Score each person in each group of queries, and write down what the scores were made from."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.job import logged
from visage.provenance import write_provenance
from visage.score import score

if TYPE_CHECKING:
    from visage.job import snakemake


def paths(names: list[str]) -> list[Path]:
    """Give file names as paths."""
    return [Path(name) for name in names]


with logged(snakemake.log[0]):
    inputs, params, config = snakemake.input, snakemake.params, snakemake.params.config
    scores = Path(snakemake.output.scores)
    names = inputs.get("names")
    evaluation = inputs.get("evaluation")
    score(
        matches=paths(inputs.matches),
        names=Path(names) if names else None,
        links=config["links"],
        results=config["match"]["results"],
        output=scores,
        tables=paths(inputs.tables),
        evaluation=Path(evaluation) if evaluation else None,
        normalize=config["index"]["normalize"],
    )
    write_provenance(
        output=Path(snakemake.output.provenance),
        config=config,
        entry=params.entry,
        files=params.files,
        tables={"gallery": paths(inputs.gallery), "queries": paths(inputs.tables)},
        faces=Path(inputs.faces),
        results=[scores, Path(inputs.images)],
        images=Path(inputs.images),
        weights=Path(params.weights),
        benchmarks=Path(params.benchmarks),
        home=Path(params.home),
        command=params.command,
    )
