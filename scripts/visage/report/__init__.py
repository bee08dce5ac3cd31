"""The report: one page that opens without a network.

`data` reads the tables, `pictures` makes thumbnails and crops, `view` puts the two together as
what the templates show, `render` writes the page.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from visage.files import write_text
from visage.listing import as_path
from visage.names import link, read_names
from visage.report import data, pictures, render, view

log = logging.getLogger(__name__)

PROBLEM_PICTURES = 200  # gallery images without a face that are shown; the rest is named only


def build_report(
    gallery_tables: list[Path],
    query_tables: list[Path],
    matches: list[Path],
    faces: Path,
    scores: Path,
    gallery_folder: Path,
    queries_folder: Path,
    names: Path | None,
    links: str | None,
    model: str,
    threshold: float | None,
    threshold_source: str,
    command: str,
    output: Path,
    threads: int = 2,
) -> None:
    """Write the report.

    The same inputs give the same bytes; nothing is taken from the clock. A photograph that is gone
    by now is replaced by a note.

    Args:
        gallery_tables: The gallery's faces tables.
        query_tables: The queries' faces tables.
        matches: The matches tables.
        faces: The index's faces.parquet.
        scores: The scores table.
        gallery_folder: Where the gallery's images are.
        queries_folder: Where the queries' images are.
        names: The names file, if there is one.
        links: The config's template of a person's page, if any.
        model: The entry of config/models.yaml.
        threshold: The largest distance of a match; None: there is none.
        threshold_source: A sentence that says where it comes from.
        command: What repeats the run.
        output: The HTML file to write.
        threads: For reading and scaling images.

    Raises:
        VisageError: A table is missing or damaged.
    """
    known = read_names(names)
    queries = data.read_queries(query_tables, matches, lambda person: link(links, person, known))
    gallery = data.read_gallery(gallery_tables, faces)
    boxes = data.nearest_boxes(faces, queries)
    shown = [problem.image for problem in gallery.problems[:PROBLEM_PICTURES]]
    orders = [
        *_query_orders(queries, queries_folder),
        *_face_orders(boxes, gallery_folder),
        *_problem_orders(shown, gallery_folder),
    ]
    with ThreadPoolExecutor(threads) as pool:
        made = iter(list(pool.map(pictures.cut, orders)))
    photographs = [next(made) for _ in queries]
    nearest = {key: next(made).crops[0] for key in boxes}
    problems = {image: next(made).photograph for image in shown}
    page = view.make_page(
        queries=queries,
        photographs=photographs,
        gallery=gallery,
        nearest=nearest,
        problem_pictures=problems,
        scores=data.read_scores(scores),
        run=view.Run(
            model=model,
            threshold=threshold,
            threshold_source=threshold_source,
            command=command,
            gallery=str(gallery_folder),
            queries=str(queries_folder),
        ),
        original=partial(render.relative_address, queries_folder, output.parent),
    )
    text = render.render(page)
    write_text(output, text)
    log.info("%d photographs, %d pictures of people, %d bytes", len(queries), len(boxes), len(text))


def _path(folder: Path, image: str) -> Path:
    return folder / as_path(image)


def _query_orders(queries: Iterable[data.Query], folder: Path) -> list[pictures.Order]:
    return [
        pictures.Order(
            _path(folder, query.image),
            boxes=[face.box for face in query.faces],
            side=pictures.PHOTOGRAPH,
        )
        for query in queries
    ]


def _face_orders(
    boxes: dict[tuple[str, int], data.Box | None], folder: Path
) -> list[pictures.Order]:
    size = pictures.GALLERY_FACE
    return [pictures.Order(_path(folder, key[0]), [box], size) for key, box in boxes.items()]


def _problem_orders(images: Iterable[str], folder: Path) -> list[pictures.Order]:
    size = pictures.GALLERY_FACE
    return [pictures.Order(_path(folder, image), side=size) for image in images]
