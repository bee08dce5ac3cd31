"""The page written out: templates, style sheet and script joined into one file."""

import base64
import hashlib
import os
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visage.listing import as_path
from visage.report.data import NOT_COMPARED
from visage.report.pictures import Picture
from visage.report.view import MARK, TOP_LEVEL, Page, percent, plural
from visage.verdict import VERDICTS

TEMPLATES = Path(__file__).parent.parent / "templates"


def render(page: Page) -> str:
    """Give the page as HTML.

    Everything from outside (names, file names, folders) is escaped by Jinja; only the project's
    own style sheet and scripts, and the pictures, go in as they are. A content security policy
    forbids the browser to load anything, and to run any script but these two.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "plural": plural,
        "percent": percent,
        "group": lambda group: group or TOP_LEVEL,
    }
    environment.tests["picture"] = lambda value: isinstance(value, Picture)
    early, late = _own("theme.js"), _own("report.js")
    return environment.get_template("report.html.j2").render(
        page=page,
        run=page.run,
        css=Markup(_own("report.css")),
        sheet=Markup(_style(page)),
        early=Markup(early),
        late=Markup(late),
        policy=_policy(early, late),
        mark=f"{100 * MARK:.2f}%",
        verdicts=VERDICTS,
        not_compared=NOT_COMPARED,
    )


def _own(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _style(page: Page) -> str:
    """Give a rule for each picture of a gallery face: each is in the page once."""
    return "\n".join(f".{name}{{background-image:url({uri})}}" for name, uri in page.sheet.items())


def _policy(*scripts: str) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes}"


def relative_address(folder: Path, page_folder: Path, image: str) -> str:
    """Give the address of a query's image file relative to the page."""
    path = os.path.relpath(folder / as_path(image), page_folder)
    return "./" + quote(os.fsencode(path))
