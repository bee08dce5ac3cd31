"""Measure on the gallery itself how well people are told apart."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.evaluation.evaluate import evaluate_gallery, write_evaluation
from visage.report.evaluation_page import write_page
from visage.search.neighbours import copy_limit
from visage.workflow.job import logged, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    params = snakemake.params
    result, evaluated = evaluate_gallery(
        faces=Path(snakemake.input.faces),
        ranking=params.ranking,
        normalize=params.normalize,
        fpir=params.fpir,
        published=params.published["normalized" if params.normalize else "raw"],
        near=copy_limit(params.published["normalized"]),
        tables=paths(snakemake.input.tables),
    )
    write_page(Path(snakemake.output.page), result, evaluated, Path(params.gallery))
    write_evaluation(Path(snakemake.output.json), result)
