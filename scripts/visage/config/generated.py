"""What is made from the config's models: config/README.md and the schema for editors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from visage.config.describe import allowed, default, leaves, schema
from visage.resources import CONFIG

_INTRODUCTION = """\
# Configuration

<!-- Made from scripts/visage/config/ by python -m visage.config --fix. -->

`config.yaml` is the demo and holds the default of every key. Give your own values in a file that
has only the keys that differ, or on the command line:

```sh
snakemake --cores 8 --configfile my.yaml
snakemake --cores 8 --config gallery=my/people queries=my/photographs
snakemake --cores 8 --config gallery=my/people queries=my/photographs match='{neighbours: 20}'
```

Paths are seen from the folder in which the workflow is run. A key that does not exist, a value of
the wrong kind or a folder that is missing stops the run before any job. A folder whose name looks
like a number wants `./` before it: `gallery=./2024`; an id is taken as typed: `person=0005`.

| file | what it is |
|---|---|
| `config.yaml` | the demo: every key with its default |
| `visage-ml.yaml` | the original program's settings, to give after `--configfile` |
| `models.yaml` | the models, and the weight files they need |
| `schemas/` | what these files may hold, for editors that complete and check YAML |
"""
_SCHEMA = """\
# Made from scripts/visage/config/ by python -m visage.config --fix.
$schema: https://json-schema.org/draft/2020-12/schema
"""


def files() -> dict[Path, str]:
    """Give the text of every file that is made from the models."""
    keys = schema()
    text = yaml.safe_dump(dict(keys), sort_keys=False, allow_unicode=True, width=100)
    return {
        CONFIG / "README.md": render(keys),
        CONFIG / "schemas" / "config.schema.yaml": _SCHEMA + text,
    }


def render(schema: Mapping[str, Any]) -> str:
    """Give the text of config/README.md for the schema of the config."""
    top = {key: part for key, part in schema["properties"].items() if "properties" not in part}
    sections = [("Data and model", None, {"properties": top})]
    sections += [
        (f"`{key}`", part["description"], part)
        for key, part in schema["properties"].items()
        if "properties" in part
    ]
    texts = [_section(*section) for section in sections]
    return "\n".join([_INTRODUCTION, *texts])


def _section(title: str, description: str | None, part: Mapping[str, Any]) -> str:
    lines = [f"## {title}", "", *([description, ""] if description else [])]
    lines += ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    for key, leaf in leaves(part):
        cells = (
            f"`{key}`",
            f"`{default(leaf)}`",
            allowed(leaf),
            leaf["description"],
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"
