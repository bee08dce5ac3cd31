"""Score each person in each group of queries, and write down what the scores were made from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from visage.layout import Results
from visage.models.registry import load_registry
from visage.score.found import count_found
from visage.score.score import score
from visage.workflow.job import logged, optional, paths
from visage.workflow.provenance import write_provenance
from visage.workflow.settings import ScoreSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake


with logged(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    config = ScoreSettings.read(inputs.settings).config
    results = Results(Path(params.results))
    run = json.loads(results.settings("run").read_text(encoding="utf-8"))
    scores = Path(snakemake.output.scores)
    names = inputs.get("names")
    evaluation = inputs.get("evaluation")
    score(
        matches=paths(inputs.matches),
        names=optional(names),
        links=config.links,
        results=config.match.results,
        output=scores,
        tables=paths(inputs.tables),
        evaluation=optional(evaluation),
        normalize=config.index.normalize,
        images=None if config.match.count_copies else Path(inputs.images),
    )
    write_provenance(
        output=Path(snakemake.output.provenance),
        config=config.as_data(),
        model=config.model,
        registry=load_registry(Path(params.registry)),
        tables={"gallery": paths(inputs.gallery), "queries": paths(inputs.tables)},
        faces=Path(inputs.faces),
        results=[scores, Path(inputs.images)],
        found=count_found(paths(inputs.matches)),
        images=Path(inputs.images),
        weights=Path(params.weights),
        benchmarks=results.benchmarks,
        steps=run["steps"],
        home=Path(params.home),
        command=run["command"],
    )
