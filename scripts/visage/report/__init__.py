"""The report: one page that opens without a network, or a folder of pages where there is much.

`data` reads the tables, `pictures` makes thumbnails and crops, `view` puts the two together as
what the templates show, which is in `page`; `render` writes the files.
"""

import logging
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from visage.report import charts, data, made, pictures, render, view
from visage.report.faces import nearest_faces
from visage.report.page import Run
from visage.sets.listing import as_path
from visage.store.names import link, read_names
from visage.types import Box

log = logging.getLogger(__name__)

ONE_PAGE = 1000  # photographs up to which the report is a single file
DENIED = "denied"  # status of a photograph on the deny list, see visage.store.tables
PROBLEM_PICTURES = 200  # gallery images without a face that are shown; the rest is named only


def build_report(
    gallery_tables: list[Path],
    query_tables: list[Path],
    matches: list[Path],
    faces: Path,
    scores: Path,
    audit: Path,
    evaluation: Path | None,
    provenance: Path,
    gallery_folder: Path,
    queries_folder: Path,
    names: Path | None,
    links: str | None,
    search: str,
    ranking: str,
    normalize: bool,
    threshold: float | None,
    threshold_source: str,
    output: Path,
    threads: int = 2,
    one_page: int = ONE_PAGE,
) -> None:
    """Write the report.

    Beyond `one_page` photographs it is an overview, and pages of cards with their pictures in the
    folder beside it that is called as it is (report.html: report/).

    The same inputs give the same bytes; the date is that of provenance.json. A photograph that is
    gone by now is replaced by a note.

    Args:
        gallery_tables: The gallery's faces tables.
        query_tables: The queries' faces tables.
        matches: The matches tables.
        faces: The index's faces.parquet.
        scores: The scores table.
        audit: The gallery's audit.
        evaluation: The gallery's evaluation.json, where it is used.
        provenance: The provenance.json of the scores.
        gallery_folder: Where the gallery's images are.
        queries_folder: Where the queries' images are.
        names: The names file, if there is one.
        links: The config's template of a person's page, if any.
        search: The config's `match.search`.
        ranking: The config's `match.ranking`.
        normalize: The config's `index.normalize`.
        threshold: The largest distance of a match; None: there is none.
        threshold_source: A sentence that says where it comes from.
        output: The HTML file to write.
        threads: For reading and scaling images.
        one_page: How many photographs stand in the page itself.

    Raises:
        VisageError: A table is missing or damaged.
    """
    known = read_names(names)
    queries = data.read_queries(
        query_tables,
        matches,
        link=lambda person: link(links, person, known),
        nearest=lambda compared: nearest_faces(compared, query_tables, faces, ranking, normalize),
    )
    gallery = data.read_gallery(gallery_tables, faces)
    findings = data.read_findings(audit)
    boxes = data.gallery_boxes(faces, queries, view.shown_findings(findings))
    shown = [problem.image for problem in gallery.problems[:PROBLEM_PICTURES]]
    denied = {problem.image for problem in gallery.problems if problem.status == DENIED}
    orders = [
        *_query_orders(queries, queries_folder),
        *_face_orders(boxes, gallery_folder, denied),
        *_problem_orders(shown, gallery_folder, denied),
    ]
    folder = output.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)  # the pages of an earlier, larger run
    in_files = len(queries) > one_page
    cut = partial(pictures.cut, keep=pictures.Files(folder) if in_files else pictures.inline)
    with ThreadPoolExecutor(threads) as pool:
        cuttings = iter(list(pool.map(cut, orders)))
    photographs = [next(cuttings) for _ in queries]
    page = view.make_page(
        queries=queries,
        photographs=photographs,
        gallery=gallery,
        nearest={key: next(cuttings).crops[0] for key in boxes},
        problem_pictures={image: next(cuttings).photograph for image in shown},
        scores=data.read_scores(scores),
        findings=findings,
        evaluation=data.read_evaluation(evaluation) if evaluation else None,
        run=Run(
            threshold=threshold,
            threshold_source=threshold_source,
            recall=data.read_recall(matches) if search == "annoy" else None,
            gallery=str(gallery_folder),
            queries=str(queries_folder),
            made=made.read_made(provenance),
        ),
        name=lambda person: (person in known and known[person].name) or person,
    )
    compared = [face for query in queries for face in query.faces]
    chart = charts.distances(compared, threshold)
    render.write(page, chart, output, queries_folder, folder if in_files else None)
    log.info("%d photographs, %d pictures of people", len(queries), len(boxes))


def _path(folder: Path, image: str) -> Path:
    return folder / as_path(image)


def _query_orders(queries: Iterable[data.Query], folder: Path) -> list[pictures.Order]:
    return [
        pictures.Order(
            _path(folder, query.image),
            boxes=[face.box for face in query.faces],
            side=pictures.PHOTOGRAPH,
            denied=query.status == DENIED,
        )
        for query in queries
    ]


def _face_orders(
    boxes: dict[tuple[str, int], Box | None], folder: Path, denied: set[str]
) -> list[pictures.Order]:
    size = pictures.GALLERY_FACE
    return [
        pictures.Order(_path(folder, image), [box], size, denied=image in denied)
        for (image, _), box in boxes.items()
    ]


def _problem_orders(images: Iterable[str], folder: Path, denied: set[str]) -> list[pictures.Order]:
    size = pictures.GALLERY_FACE
    return [
        pictures.Order(_path(folder, image), side=size, denied=image in denied) for image in images
    ]
