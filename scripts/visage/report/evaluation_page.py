"""evaluation.html: the numbers, the curves, and the searches that went worst, in one file."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from markupsafe import Markup

from visage.evaluation import metrics
from visage.evaluation.confusions import Search, false_alarms, misses
from visage.evaluation.evaluate import Evaluated, percent
from visage.pages import environment
from visage.report import plots
from visage.report.data import Outline
from visage.report.pictures import Missing, Order, Picture, cut
from visage.resources import REPORT_PAGES
from visage.sets.listing import as_path
from visage.store.files import write_text

WORKERS = 2
FACE = 144  # pixels, side of a face


def write_page(
    path: Path, result: dict[str, Any], evaluated: Evaluated | None, gallery: Path
) -> None:
    """Write evaluation.html.

    Args:
        path: The file.
        result: The content of evaluation.json.
        evaluated: What it was made from; None where nobody is in the gallery.
        gallery: The folder of the gallery's photographs; one that is gone has no picture.
    """
    templates = environment(REPORT_PAGES)
    templates.filters["percent"] = percent
    alarms = false_alarms(evaluated) if evaluated else []
    missed = misses(evaluated) if evaluated else []
    drawn = _plots(result, evaluated) if evaluated else {}
    html = templates.get_template("evaluation.html.j2").render(
        result=result,
        plots={name: Markup(svg) for name, svg in drawn.items()},
        alarms=alarms,
        missed=missed,
        pictures=_pictures([*alarms, *missed], gallery),
        threshold=used_threshold(result),
    )
    write_text(path, html)


def used_threshold(result: dict[str, Any]) -> float | None:
    """Give the threshold that `match.threshold: auto` takes: the gallery's or the published one."""
    if result["threshold"] is not None:
        return result["threshold"]
    return result["published"]["threshold"] if result["published"] else None


def _plots(result: dict[str, Any], evaluated: Evaluated) -> dict[str, str]:
    trials = evaluated.trials
    drawn = {}
    if metrics.mated(trials).any() or len(metrics.strangers(trials)):
        drawn["histogram"] = plots.histogram(trials, used_threshold(result))
    if result["rank_one"] and len(metrics.strangers(trials)):
        drawn["cmc"] = plots.cmc(result["cmc"])
    if result["det"]:
        drawn["det"] = plots.det(result["det"], result["operating"])
    if result["reliability"]:
        drawn["reliability"] = plots.reliability(result["reliability"])
    return drawn


def _pictures(searches: list[Search], gallery: Path) -> dict[tuple, Picture | Missing]:
    """Cut out every face that is shown, each once."""
    faces = dict.fromkeys(
        face
        for search in searches
        for face in ((search.image, search.box), (search.other_image, search.other_box))
    )

    def picture(face: tuple) -> Picture | Missing:
        image, box = face
        return cut(Order(gallery / as_path(image), [Outline(box)], FACE)).crops[0]

    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip(faces, pool.map(picture, faces), strict=True))
