"""config/README.md, made from the schema of the config: python scripts/visage/config/docs.py"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).parents[1]))

from visage.config.load import SCHEMA, allowed, default, leaves, read_schema
from visage.store.files import write_text

README = SCHEMA.parents[1] / "README.md"

_INTRODUCTION = """\
# Configuration

<!-- Made by scripts/visage/config/docs.py from schemas/config.schema.yaml: change that file. -->

`config.yaml` is the demo and holds the default of every key. Give your own values in a file that
has only the keys that differ, or on the command line:

```sh
snakemake --cores 8 --configfile my.yaml
snakemake --cores 8 --config gallery=my/people queries=my/photographs
snakemake --cores 8 --config gallery=my/people queries=my/photographs match='{neighbours: 20}'
```

Paths are seen from the folder in which the workflow is run. A key that does not exist, a value of
the wrong kind or a folder that is missing stops the run before any job. A folder whose name looks
like a number wants `./` before it: `gallery=./2024`.

| file | what it is |
|---|---|
| `config.yaml` | the demo: every key with its default |
| `visage-ml.yaml` | the original program's settings, to give after `--configfile` |
| `models.yaml` | the models, and the weight files they need |
| `schemas/` | what these files may hold |
"""


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
        cells = (f"`{key}`", f"`{default(leaf)}`", allowed(leaf), leaf["description"])
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_text(README, render(read_schema()))
