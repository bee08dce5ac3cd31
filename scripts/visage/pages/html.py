"""How templates are read and filled, and what a page may load and run."""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visage.pages.words import FILTERS
from visage.resources import PAGES


def environment(*folders: Path) -> Environment:
    """Give what fills the templates of some folders and the shared ones.

    It escapes everything, and a name it lacks is an error.

    Args:
        folders: Where a page's own templates lie; they may extend the shared ones.
    """
    made = Environment(
        loader=FileSystemLoader([*folders, PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= FILTERS
    return made


def read(*files: Path) -> Markup:
    """Give style sheets or scripts of our own, joined, to stand in a page as they are.

    Raises:
        ValueError: One would end the element that it stands in.
    """
    text = "\n".join(path.read_text(encoding="utf-8").strip() for path in files)
    if "</s" in text:
        raise ValueError(
            f"a style sheet or script closes its element: {', '.join(map(str, files))}"
        )
    return Markup(text)


def policy(scripts: Iterable[str] = (), images: str = "data:", **more: str) -> str:
    """Give a content security policy: a page loads pictures only, and runs only these scripts.

    Args:
        scripts: The scripts that stand in the page, byte for byte.
        images: Where pictures may come from.
        more: Further directives; `connect_src="'self'"` gives `connect-src 'self'`.
    """
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    directives = {
        "default-src": "'none'",
        "img-src": images,
        "style-src": "'unsafe-inline'",
        "script-src": hashes,
        "base-uri": "'none'",
        "form-action": "'none'",
    } | {name.replace("_", "-"): value for name, value in more.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
