"""Build the page that shows who is where."""

from pathlib import Path
from typing import TYPE_CHECKING

from visage.layout import SETS, Results
from visage.report import Options, Sources, build_report
from visage.search.gallery import Gallery
from visage.workflow.job import logged, optional, paths
from visage.workflow.settings import ReportSettings

if TYPE_CHECKING:
    from visage.workflow.job import snakemake


with logged(snakemake.log[0]):
    settings = ReportSettings.read(snakemake.input.settings)
    match = settings.match
    results = Results(Path(snakemake.params.results))
    names = snakemake.input.get("names")
    evaluation = snakemake.input.get("evaluation")
    gallery = Gallery.open(
        faces=Path(snakemake.input.faces),
        match=match,
        normalize=settings.normalize,
        published=settings.published.model_dump(),
        evaluation=optional(evaluation),
    )
    threshold = gallery.judge.threshold
    sources = Sources(
        gallery_tables=paths(snakemake.input.gallery_tables),
        query_tables=paths(snakemake.input.query_tables),
        matches=paths(snakemake.input.matches),
        faces=Path(snakemake.input.faces),
        scores=Path(snakemake.input.scores),
        images=Path(snakemake.input.images),
        audit=Path(snakemake.input.audit),
        evaluation=optional(evaluation),
        provenance=Path(snakemake.input.provenance),
        gallery=Path(settings.gallery),
        queries=Path(settings.queries),
        names=optional(names),
        clusters=Path(snakemake.input.clusters),
        listings=tuple(results.set(name).listing for name in SETS),
    )
    options = Options(
        threshold=threshold,
        links=settings.links,
        search=match.search,
        ranking=match.ranking,
        normalize=settings.normalize,
        share=snakemake.params.share,
        threads=snakemake.threads,
    )
    build_report(sources, options, Path(snakemake.output.page))
