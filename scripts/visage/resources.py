"""Where the files lie that come with the package: config, registry of models, rules.

In a clone they stand at its root, beside `scripts/`; in an installed package under `visage/share`.
The Snakefile imports this module, so it needs the standard library only.
"""

import os
import re
import tomllib
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "share"
_RULE = re.compile(r"^ *(?:rule|use rule \w+ as) (\w+)", re.MULTILINE)

#: The folder that holds `config/`, `rules/`, `envs/` and the `Snakefile`.
HOME = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parents[1]

CONFIG = HOME / "config"
DEFAULT_CONFIG = CONFIG / "config.yaml"
MODELS = CONFIG / "models.yaml"
SNAKEFILE = HOME / "Snakefile"
RULES = HOME / "rules"
PAGES = _PACKAGE / "pages" / "templates"
REPORT_PAGES = _PACKAGE / "report" / "templates"
APP_PAGES = _PACKAGE / "app" / "pages"


def rule_names() -> list[str]:
    """Give the names of all rules, whichever a config asks for."""
    texts = [path.read_text(encoding="utf-8") for path in RULES.glob("*.smk")]
    return sorted({name for text in texts for name in _RULE.findall(text)})


def weights_folder(setting: str = "weights") -> Path:
    """Give the folder of the models' files.

    Args:
        setting: The config's `weights`. A relative path starts at the clone, or in the user's cache
            where the package is installed.
    """
    if HOME != _INSTALLED:
        return HOME / setting
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "visage-ml" / setting


def version() -> str:
    """Give the version of this code: the clone's own, or that of the installed package."""
    project = HOME / "pyproject.toml"
    if project.is_file():  # a clone may be newer than what was once installed of it
        return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    return metadata.version("visage-ml")
