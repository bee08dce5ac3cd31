"""Where the files lie that come with the package: config, registry of models, rules.

In a clone they stand at its root, beside `scripts/`; in an installed package under `visage/share`.
The Snakefile imports this module, so it needs the standard library only.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "share"

#: The folder that holds `config/`, `rules/`, `envs/` and the `Snakefile`.
HOME = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parents[1]

CONFIG = HOME / "config"
DEFAULT_CONFIG = CONFIG / "config.yaml"
MODELS = CONFIG / "models.yaml"
SNAKEFILE = HOME / "Snakefile"
RULES = HOME / "rules"
PAGES = _PACKAGE / "pages" / "templates"
REPORT_PAGES = _PACKAGE / "report" / "templates"
