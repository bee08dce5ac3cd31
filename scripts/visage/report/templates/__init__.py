"""The templates of the pages, and how they are read."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from visage.resources import TEMPLATES


def environment() -> Environment:
    """Give what renders the templates: it escapes everything, and a name it lacks is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
