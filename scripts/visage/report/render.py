"""The pages written out: template, style, scripts and data joined into one file each."""

import json
import os
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from visage.audit.findings import KINDS
from visage.pages import environment, policy, read
from visage.report import summary
from visage.report.page import Page
from visage.report.parts import parts
from visage.resources import PAGES, REPORT_PAGES
from visage.search.annoy import LOW_RECALL
from visage.sets.listing import as_path
from visage.store.files import write_text

INDEX = "index.html"
PEOPLE = 60  # in the rail; the tab has all
NUMBERS = ["Score", "Hits", "Avg Distance", "Best Distance", "Probability"]  # of scores.tsv
TOP_LEVEL = "In no album"  # the name of the group of images in no folder
# In this order: each uses what those before it define.
SCRIPTS = [
    *(PAGES / name for name in ("elements.js",)),
    *(
        REPORT_PAGES / name
        for name in (
            *("model.js", "address.js", "labels.js", "tiles.js", "photographs.js", "person.js"),
            *("viewer.js", "answers.js", "report.js"),
        )
    ),
]
STYLES = [PAGES / "style.css", REPORT_PAGES / "report.css"]


def write(page: Page, chart: str, output: Path, folder: Path, in_files: bool) -> None:
    """Write the report twice: to be opened, and as the index of its folder.

    Args:
        page: What is in it.
        chart: The plot of the distances as SVG, "" for none.
        output: The file to begin with.
        folder: The folder beside it, which has the pictures if they are files.
        in_files: Whether they are.
    """
    template = _template(page, chart, in_files)
    queries = Path(page.run.queries)
    prefix = f"{quote(folder.name)}/" if in_files else ""
    write_text(output, template(prefix, _to(queries, output)))
    index = folder / INDEX
    write_text(index, template("", _to(queries, index)))


def _template(page: Page, chart: str, in_files: bool) -> Any:
    """Give what renders the page for the place where it stands.

    Everything from outside (names, file names, folders) is escaped by Jinja, or goes as JSON to
    scripts that set it as text; only the project's own style, scripts and plot, and the pictures,
    go in as they are. A content security policy forbids the browser to load anything but pictures,
    and to run any script but these two.
    """
    templates = environment(REPORT_PAGES)
    templates.filters |= {
        "group": lambda group: group or TOP_LEVEL,
        "json": as_json,
        "names": partial(summary.names, page.content),
    }
    early, late = read(PAGES / "theme.js"), read(*SCRIPTS)
    # Photographs are shown large from their own files; opened from a disk, 'self' is not enough.
    images = "data:" if page.content.share and not in_files else "data: 'self' file:"
    first, rest = parts(page.content, in_files)
    content, further = as_json(first), as_json(rest) if rest else None

    def render(prefix: str, originals: str) -> str:
        address = partial(_address, prefix)
        templates.filters["address"] = address
        return templates.get_template("report.html.j2").render(
            page=page,
            run=page.run,
            numbers=page.numbers,
            headline=summary.headline(page),
            further=summary.further(page),
            certain=summary.certain(page),
            stacks=summary.stacks(page.content),
            people_shown=PEOPLE,
            score_columns=[c for c in NUMBERS if page.scores and c in page.scores[0].values],
            chart=Markup(chart),
            css=read(*STYLES),
            early=early,
            late=late,
            policy=policy([early, late], images),
            low_recall=LOW_RECALL,
            kinds=KINDS,
            content=content,
            rest=further,
            place={
                "pictures": prefix,
                "originals": "" if page.content.share else originals,
            },
        )

    return render


def _address(prefix: str, uri: str) -> str:
    return uri if not uri or uri.startswith("data:") else prefix + uri


def _to(folder: Path, page: Path) -> str:
    """Give the address of a folder relative to a page."""
    return f"./{quote(os.fsencode(os.path.relpath(as_path(str(folder)), page.parent)))}/"


def as_json(value: object) -> Markup:
    """Give plain data as JSON that can stand in a page; what is empty is left out."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").encode("utf-8", "replace").decode())


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(part) for name, part in named if not _empty(part)}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _empty(value: object) -> bool:
    """Tell what the scripts find missing instead: 0 is a number."""
    return value is None or value is False or value == "" or value == [] or value == ()
