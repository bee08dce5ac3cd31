"""Build the page that shows who is where."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.config import Match
from visage.report import Options, Sources, build_report
from visage.search.gallery import Gallery
from visage.workflow.job import logged, optional, paths

if TYPE_CHECKING:
    from visage.workflow.job import snakemake


with logged(snakemake.log[0]):
    params = snakemake.params
    match = Match.model_validate(params.match)
    names = snakemake.input.get("names")
    evaluation = snakemake.input.get("evaluation")
    gallery = Gallery.open(
        faces=Path(snakemake.input.faces),
        match=match,
        normalize=params.normalize,
        published=params.published,
        evaluation=optional(evaluation),
    )
    threshold = gallery.judge.threshold
    sources = Sources(
        gallery_tables=paths(snakemake.input.gallery_tables),
        query_tables=paths(snakemake.input.query_tables),
        matches=paths(snakemake.input.matches),
        faces=Path(snakemake.input.faces),
        scores=Path(snakemake.input.scores),
        audit=Path(snakemake.input.audit),
        evaluation=optional(evaluation),
        provenance=Path(snakemake.input.provenance),
        gallery=Path(params.gallery),
        queries=Path(params.queries),
        names=optional(names),
    )
    options = Options(
        threshold=threshold,
        links=params.links,
        search=match.search,
        ranking=match.ranking,
        normalize=params.normalize,
        share=params.share,
        threads=snakemake.threads,
    )
    build_report(sources, options, Path(snakemake.output.page))
