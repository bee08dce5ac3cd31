"""The pages' templates, filled: the shared base with scripts of our own and the policy for them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from starlette.responses import HTMLResponse

from visage.pages import environment, policy, read
from visage.resources import APP_PAGES, PAGES

EARLY = PAGES / "theme.js"
SHARED = PAGES / "elements.js"


@cache
def _environment() -> Environment:
    return environment(APP_PAGES)


@cache
def _text(*files: Path) -> Markup:
    return read(*files)


def page(
    template: str,
    values: Mapping[str, Any],
    scripts: tuple[str, ...] = (),
    status: int = 200,
) -> HTMLResponse:
    """Fill a template.

    Args:
        template: Its file in `pages/`; it extends the shared base.
        values: What the template is filled with.
        scripts: Files in `pages/` that run at the end of the page, after the shared elements.
        status: Of the answer.
    """
    early = _text(EARLY)
    late = _text(SHARED, *(APP_PAGES / name for name in scripts)) if scripts else Markup("")
    css = _text(PAGES / "style.css", APP_PAGES / "app.css")
    made = _environment().get_template(template)
    html = made.render(policy="", css=css, early=early, late=late, **values)
    allowed = policy(
        [script for script in (early, late) if script],
        images="'self' data: blob:",
        connect_src="'self'",
        form_action="'self'",
        frame_ancestors="'none'",
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": allowed})
