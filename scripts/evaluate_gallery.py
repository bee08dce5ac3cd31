"""Measure on the gallery itself how well people are told apart."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.evaluation.evaluate import evaluate_gallery
from visage.evaluation.nobody import nobody
from visage.report.evaluation import write_page
from visage.search.neighbours import copy_limit
from visage.store.tables import read_origin, read_table
from visage.workflow.job import logged, paths
from visage.workflow.settings import EvaluateSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]):
    settings = EvaluateSettings.read(snakemake.input.settings)
    faces = Path(snakemake.input.faces)
    asked = settings.ranking, settings.normalize, settings.fpir
    if len(read_table(faces, ["image"])):
        known = settings.published
        published = known.normalized if settings.normalize else known.raw
        near = copy_limit(known.normalized)
        result, _ = evaluate_gallery(
            faces, *asked, published, near, tables=paths(snakemake.input.tables)
        )
    else:
        result = nobody(read_origin(faces), *asked)
    write_page(Path(snakemake.output.page), result, Path(settings.gallery))
    result.write(Path(snakemake.output.json))
