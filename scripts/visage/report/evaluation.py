"""The evaluation, as a part of the report and as evaluation.html: numbers, curves, faults."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from visage.evaluation.confusions import Search
from visage.evaluation.result import Result
from visage.pages import environment, policy, read
from visage.report.data import Outline
from visage.report.pictures import Missing, Order, Picture, cut
from visage.report.plots import curves
from visage.resources import PAGES, REPORT_PAGES
from visage.store.files import write_text
from visage.types import Box

WORKERS = 2
FACE = 144  # pixels, side of a face

Place = tuple[str, Box | None]  # an image of the gallery, and where in it
Shown = Picture | Missing


@dataclass(frozen=True)
class SearchView:
    """A search that went badly, with both photographs."""

    data: Search
    picture: Shown
    other: Shown


@dataclass(frozen=True)
class EvaluationView:
    """What the template shows."""

    result: Result
    threshold: float | None  # the one that is used
    curves: dict[str, Markup]
    alarms: list[SearchView]
    missed: list[SearchView]


def write_page(path: Path, result: Result, gallery: Path) -> None:
    """Write evaluation.html.

    Args:
        path: The file.
        result: The evaluation.
        gallery: The folder of the gallery's photographs; one that is gone has no picture.
    """
    wanted = [order(gallery, place) for place in places(result)]
    with ThreadPoolExecutor(WORKERS) as pool:
        cuttings = [made.crops[0] for made in pool.map(cut, wanted)]
    shown = view(result, dict(zip(places(result), cuttings, strict=True)))
    templates = environment(REPORT_PAGES)
    templates.filters["address"] = str
    early = read(PAGES / "theme.js")
    html = templates.get_template("evaluation_page.html.j2").render(
        evaluation=shown,
        css=read(PAGES / "style.css", REPORT_PAGES / "report.css"),
        early=early,
        late="",
        policy=policy([early]),
    )
    write_text(path, html)


def places(result: Result) -> list[Place]:
    """Give the gallery's faces that are shown, each once."""
    searches = [*result.details.false_alarms, *result.details.misses]
    return list(
        dict.fromkeys(
            place
            for search in searches
            for place in ((search.image, search.box), (search.other_image, search.other_box))
        )
    )


def order(gallery: Path, place: Place, size: int = FACE, denied: bool = False) -> Order:
    """Give what is to be cut for a place."""
    image, box = place
    return Order(gallery, image, [Outline(box)], size, denied=denied)


def view(result: Result, pictures: Mapping[Place, Shown]) -> EvaluationView:
    """Put numbers, curves and pictures together; a place without a picture is left out."""
    threshold = result.used_threshold
    return EvaluationView(
        result=result,
        threshold=threshold,
        curves=curves(result, threshold),
        alarms=_views(result.details.false_alarms, pictures),
        missed=_views(result.details.misses, pictures),
    )


def _views(searches: Sequence[Search], pictures: Mapping[Place, Shown]) -> list[SearchView]:
    return [
        SearchView(
            search,
            pictures[search.image, search.box],
            pictures[search.other_image, search.other_box],
        )
        for search in searches
        if (search.image, search.box) in pictures
    ]
