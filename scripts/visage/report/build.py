"""The report from end to end: read, cut, put together, write."""

import logging
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from visage.evaluation.result import Result
from visage.report import charts, content, data, evaluation, files, pictures, render, share, view
from visage.report.evaluation import Place
from visage.report.gallery import (
    Finding,
    Gallery,
    Problem,
    gallery_outlines,
    read_findings,
    read_gallery,
)
from visage.report.made import read_made
from visage.report.nearest import nearest_faces
from visage.report.page import Page, Run
from visage.report.parts import ONE_PAGE
from visage.search.threshold import Threshold
from visage.sets.left_out import left_out
from visage.status import Status
from visage.store.copies import read_originals
from visage.store.names import link, read_names

log = logging.getLogger(__name__)

PROBLEM_PICTURES = 200  # gallery images without a face that are shown; the rest is named only


@dataclass(frozen=True)
class Sources:
    """The files a report is made from."""

    gallery_tables: list[Path]
    query_tables: list[Path]
    matches: list[Path]
    faces: Path  # the index's faces.parquet
    scores: Path
    images: Path  # images.tsv
    audit: Path
    provenance: Path
    gallery: Path  # folders of the images
    queries: Path
    evaluation: Path | None = None  # evaluation.json, where it is used
    names: Path | None = None
    clusters: Path | None = None  # of the unknown
    listings: tuple[Path, ...] = ()  # how many files were left out


@dataclass(frozen=True)
class Options:
    """How the search was set, and how the report is to be."""

    threshold: Threshold
    links: str | None = None  # the config's template of a person's page
    search: str = "exact"  # the config's `match.search`
    ranking: str = "nearest"  # the config's `match.ranking`
    normalize: bool = True  # the config's `index.normalize`
    share: bool = False  # a copy to give away: strangers blurred, no links, nothing to decide
    threads: int = 2  # for reading and scaling images
    one_page: int = ONE_PAGE  # photographs up to which pictures stand in the page itself


@dataclass(frozen=True)
class Material:
    """What the report is about, as read from the tables."""

    queries: list[data.Query]
    gallery: Gallery
    findings: list[Finding]
    problems: list[Problem]  # those with a picture
    evaluation: Result | None
    outlines: dict[tuple[str, int], data.Outline]  # of gallery faces
    name: Callable[[str], str]  # of a person's id
    link: Callable[[str], str]


@dataclass(frozen=True)
class Cut:
    """What was cut for it, in the same order."""

    photographs: list[pictures.Cuttings]
    gallery: dict[tuple[str, int], pictures.Picture | pictures.Missing]
    problems: dict[str, pictures.Picture | pictures.Missing]
    places: dict[Place, pictures.Picture | pictures.Missing]  # of the evaluation


def build_report(sources: Sources, options: Options, output: Path) -> None:
    """Write the report, and the folder beside it that is called as it is (report.html: report/).

    The page is in both: `output` to be opened, `index.html` in the folder, which is complete by
    itself and goes into Snakemake's own report. Beyond `options.one_page` photographs the pictures
    are files in that folder.

    The same inputs give the same bytes; the date is that of provenance.json. A photograph that is
    gone by now is replaced by a note.

    Raises:
        VisageError: A table is missing or damaged.
    """
    material = _read(sources, options)
    folder = output.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)  # pictures of an earlier, larger run
    in_files = len(material.queries) > options.one_page
    cuttings = _cut(material, sources, options, folder if in_files else None)
    page = _page(material, cuttings, sources, options)
    compared = [face for query in material.queries for face in query.faces]
    chart = charts.distances(compared, options.threshold.value)
    render.write(page, chart, output, folder, in_files)
    log.info("%d photographs, %d faces of people", len(material.queries), len(material.outlines))


def _read(sources: Sources, options: Options) -> Material:
    known = read_names(sources.names)
    queries = data.read_queries(
        sources.query_tables,
        sources.matches,
        options.threshold.value,
        lambda compared: nearest_faces(
            compared, sources.query_tables, sources.faces, options.ranking, options.normalize
        ),
        read_originals(sources.images),
    )
    people = read_gallery(sources.gallery_tables, sources.faces)
    findings, problems = read_findings(sources.audit), people.problems[:PROBLEM_PICTURES]
    if options.share:
        queries, findings, problems = [share.without_strangers(q) for q in queries], [], []
    outlines = gallery_outlines(sources.faces, queries, view.shown_findings(findings))
    return Material(
        queries=queries,
        gallery=people,
        findings=findings,
        problems=problems,
        evaluation=Result.read(sources.evaluation) if sources.evaluation else None,
        outlines=outlines,
        name=lambda person: (person in known and known[person].name) or person,
        link=lambda person: link(options.links, person, known),
    )


def _cut(material: Material, sources: Sources, options: Options, folder: Path | None) -> Cut:
    size = pictures.sizes(len(material.queries), folder is not None)
    denied = {one.image for one in material.gallery.problems if one.status == Status.DENIED}

    def photograph(query: data.Query) -> pictures.Order:
        return pictures.Order(
            sources.queries,
            query.image,
            turn=query.turn,
            outlines=[face.outline for face in query.faces],
            crop=size.face,
            side=size.photograph,
            denied=query.status == Status.DENIED,
            blurred=share.strangers(query) if options.share else (),
        )

    def of_gallery(image: str, **wanted: Any) -> pictures.Order:
        return pictures.Order(sources.gallery, image, denied=image in denied, **wanted)

    # A copy to give away has no photograph of people who were not found.
    told = None if options.share else material.evaluation
    places = evaluation.places(told) if told else []
    orders = [
        *map(photograph, material.queries),
        *(
            of_gallery(image, outlines=[outline], crop=size.gallery_face)
            for (image, _), outline in material.outlines.items()
        ),
        *(of_gallery(one.image, side=size.gallery_face) for one in material.problems),
        *(
            evaluation.order(sources.gallery, place, size.gallery_face, place[0] in denied)
            for place in places
        ),
    ]
    keep = pictures.Files(folder) if folder else pictures.inline
    with ThreadPoolExecutor(options.threads) as pool:
        made = iter(list(pool.map(partial(pictures.cut, keep=keep), orders)))
    return Cut(
        photographs=[next(made) for _ in material.queries],
        gallery={key: next(made).crops[0] for key in material.outlines},
        problems={one.image: next(made).photograph for one in material.problems},
        places={place: next(made).crops[0] for place in places},
    )


def _page(material: Material, cuttings: Cut, sources: Sources, options: Options) -> Page:
    builder = content.ContentBuilder(
        nearest=cuttings.gallery,
        threshold=options.threshold.value,
        link=material.link,
        clusters={} if options.share else files.read_clusters(sources.clusters),
        share=options.share,
    )
    everybody = (
        {} if options.share else {one: material.name(one) for one in material.gallery.people}
    )
    labels = "" if options.share else str(sources.queries)
    return view.make_page(
        run=Run(
            threshold=options.threshold.value,
            threshold_source=options.threshold.source,
            recall=files.read_recall(sources.matches) if options.search == "annoy" else None,
            gallery=str(sources.gallery),
            queries=str(sources.queries),
            made=read_made(sources.provenance),
            left_out="" if options.share else left_out(sources.listings),
        ),
        content=builder.content(material.queries, cuttings.photographs, everybody, labels),
        gallery=material.gallery,
        problem_pictures=cuttings.problems,
        nearest=cuttings.gallery,
        scores=files.read_scores(sources.scores),
        findings=material.findings,
        evaluation=(
            evaluation.view(material.evaluation, cuttings.places) if material.evaluation else None
        ),
        name=material.name,
    )
