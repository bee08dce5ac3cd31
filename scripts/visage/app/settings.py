"""What the page is started with: the workflow's config, and limits of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from visage.config import Config, load
from visage.config.arguments import read_argument
from visage.errors import VisageError
from visage.layout import Results
from visage.models.registry import load_registry
from visage.resources import DEFAULT_CONFIG, MODELS, weights_folder
from visage.search.lookup import Lookup
from visage.store.tables import Origin
from visage.workflow import plan

DEMO = "resources/demo"


@dataclass(frozen=True)
class Limits:
    """What one request, and one client, may ask for."""

    max_bytes: int = 20_000_000  # of an image file
    max_pixels: int = 50_000_000  # of an image; 150 MB once it is unpacked
    per_minute: int = 600  # requests that carry something, for each client address; 0: any number


def read_config(
    files: Sequence[Path], results: str | None = None, pairs: Sequence[str] = ()
) -> Config:
    """Give the checked config, as Snakemake does: config/config.yaml, then each file, then pairs.

    Where nothing but `results` is given, the config is the one that these results were made with.

    Args:
        files: As for `--configfile`; the later change the earlier.
        results: The results folder, if it is named apart.
        pairs: As for `--config`: KEY=VALUE.

    Raises:
        VisageError: A file is missing or wrong.
    """
    config: dict[str, Any] = {}
    own = _made_with(results) if results is not None and not files else None
    typed = (read_argument(pair, Config) for pair in pairs)
    for content in [_read(DEFAULT_CONFIG), own or {}, *map(_read, files), *typed]:
        _merge(config, content)
    if results is not None:
        config["results"] = results
    return load(config)


def _made_with(results: str) -> Mapping[str, Any] | None:
    """Give the config that results were made with, as far as it is known."""
    try:
        record = json.loads(Results(Path(results)).provenance.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # there may be a gallery and no scores yet
    return record.get("config") if isinstance(record, dict) else None


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise VisageError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise VisageError(f"{path} is not proper YAML: {error}") from error
    if not isinstance(content or {}, Mapping):
        raise VisageError(f"{path} is no config: it does not hold keys with values.")
    return content or {}


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def names_of(config: Config) -> Path | None:
    """Give the names file that counts."""
    facts = plan.make(config, load_registry(MODELS), DEMO)
    return Path(facts.names) if facts.names else None


def make_lookup(config: Config) -> Lookup:
    """Give the look-up of a checked config.

    Raises:
        VisageError: The model or the names file does not exist.
    """
    registry = load_registry(MODELS)
    registry.model(config.model)
    facts = plan.make(config, registry, DEMO)
    names = Path(facts.names) if facts.names else None
    return Lookup(
        config,
        registry,
        weights_folder(config.weights),
        Origin(config.model, facts.fingerprint),
        names,
    )
