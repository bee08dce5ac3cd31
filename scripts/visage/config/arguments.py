"""What stands behind `--config`, for who reads it without Snakemake."""

from typing import Any

import yaml

from visage.config.convert import as_text
from visage.config.section import Section
from visage.errors import VisageError


def read_argument(argument: str, model: type[Section]) -> dict[str, Any]:
    """Read one `key=value` as it was typed: all as text, of which `load` makes what is wanted.

    Args:
        argument: From the command line.
        model: Tells which keys take texts; the others may hold YAML's lists and sections.

    Raises:
        VisageError: There is no "=", or the value is not proper YAML.
    """
    key, equals, value = argument.partition("=")
    if not equals:
        raise VisageError(f"--config {argument}: it must be KEY=VALUE.")
    try:
        content = {key: yaml.load(value.strip("'\""), Loader=yaml.BaseLoader)}
    except yaml.YAMLError as error:
        raise VisageError(f"--config {argument}: the value is not proper YAML: {error}") from error
    return as_text(argument, model) or content
