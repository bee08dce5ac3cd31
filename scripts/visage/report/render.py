"""The pages written out: templates, style sheet and script joined into one file each."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from visage.audit.findings import KINDS
from visage.pages import environment, policy
from visage.report.data import NOT_COMPARED
from visage.report.page import Card, Page, Person
from visage.report.pictures import Picture
from visage.report.view import MARK, TOP_LEVEL
from visage.resources import REPORT_PAGES
from visage.search.annoy import LOW_RECALL
from visage.search.threshold import VERDICTS
from visage.sets.listing import as_path
from visage.store.files import write_text

CARDS = 250  # on a page of its own


@dataclass(frozen=True)
class Part:
    """One of the report's files."""

    number: int  # of the page of cards; 0 for the report itself
    pages: int  # how many pages of cards there are besides
    cards: Sequence[Card]  # shown with faces and people, or as tiles if `tiles`
    tiles: bool
    people: Sequence[Person]  # to filter by
    prefix: str  # from this file to the folder of the pages
    entry: str  # address of the report itself


def write(page: Page, chart: str, output: Path, queries: Path, folder: Path | None) -> None:
    """Write the report.

    Args:
        page: What is in it.
        chart: The plot of the distances as SVG, "" for none.
        output: The file to begin with.
        queries: The folder of the query images.
        folder: The folder of further pages, which has the pictures; None: all is in one file.
    """
    if folder is None:
        whole = Part(0, 0, page.cards, False, page.people, "", "")
        write_text(output, _render(page, whole, chart, _originals(queries, output)))
        return
    slices = [page.cards[start : start + CARDS] for start in range(0, len(page.cards), CARDS)]
    for number, cards in enumerate(slices, start=1):
        seen = {person for card in cards for person in card.people}
        people = [person for person in page.people if person.number in seen]
        part = Part(number, len(slices), cards, False, people, "", f"../{quote(output.name)}")
        path = folder / f"{number}.html"
        write_text(path, _render(page, part, "", _originals(queries, path)))
    entry = Part(0, len(slices), page.cards, True, page.people, f"{quote(folder.name)}/", "")
    write_text(output, _render(page, entry, chart, _originals(queries, output)))


def _originals(queries: Path, page: Path) -> partial[str]:
    return partial(relative_address, queries, page.parent)


def _render(page: Page, part: Part, chart: str, original: partial[str]) -> str:
    """Give a file's HTML.

    Everything from outside (names, file names, folders) is escaped by Jinja; only the project's
    own style sheet, scripts and plot, and the pictures, go in as they are. A content security
    policy forbids the browser to load anything but pictures, and to run any script but these two.
    """
    templates = environment(REPORT_PAGES)
    templates.filters |= {
        "group": lambda group: group or TOP_LEVEL,
        "original": original,
        "address": partial(_address, part.prefix),
    }
    templates.tests["picture"] = lambda value: isinstance(value, Picture)
    early, late = _own("theme.js"), _own("report.js")
    return templates.get_template("report.html.j2").render(
        page=page,
        part=part,
        run=page.run,
        chart=Markup(chart),
        css=Markup(_own("report.css")),
        sheet=Markup(_style(page, part)),
        early=Markup(early),
        late=Markup(late),
        policy=_policy(early, late, in_files=bool(part.pages)),
        mark=f"{100 * MARK:.2f}%",
        verdicts=VERDICTS,
        low_recall=LOW_RECALL,
        not_compared=NOT_COMPARED,
        kinds=KINDS,
        cards_a_page=CARDS,
    )


def _address(prefix: str, picture: Picture) -> str:
    return picture.uri if picture.uri.startswith("data:") else prefix + picture.uri


def _own(name: str) -> str:
    return (REPORT_PAGES / name).read_text(encoding="utf-8")


def _style(page: Page, part: Part) -> str:
    """Give a rule for each picture of a gallery face that this file shows: each is in it once."""
    used = set() if part.tiles else set(_of_cards(part.cards))
    if part.number == 0:
        used |= {score.picture for score in page.scores}
        rows = [row for kind in page.audit for row in kind.rows]
        used |= {name for row in rows for name in (row.picture, row.other_picture)}
    return "\n".join(
        f".{name}{{background-image:url({_address(part.prefix, picture)})}}"
        for name, picture in page.sheet.items()
        if name in used
    )


def _of_cards(cards: Iterable[Card]) -> Iterable[str]:
    for card in cards:
        for face in card.faces:
            for candidate in face.candidates:
                yield from (found.picture for found in candidate.faces)


def _policy(*scripts: str, in_files: bool) -> str:
    # Opened from a disk, 'self' is not enough in every browser.
    return policy(scripts, "data: 'self' file:" if in_files else "data:")


def relative_address(folder: Path, page_folder: Path, image: str) -> str:
    """Give the address of a query's image file relative to the page."""
    path = os.path.relpath(folder / as_path(image), page_folder)
    return "./" + quote(os.fsencode(path))
