"""What the page is started with: the workflow's config, and limits of its own."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from visage.config import Config, load
from visage.errors import VisageError
from visage.models.registry import load_registry
from visage.resources import DEFAULT_CONFIG, MODELS, weights_folder
from visage.search.lookup import Lookup
from visage.store.tables import Origin
from visage.workflow import plan

DEMO = "resources/demo"
SHORTEST_TOKEN = 16  # characters


@dataclass(frozen=True)
class Limits:
    """What one request, and one client, may ask for."""

    max_bytes: int = 20_000_000  # of an image file
    max_pixels: int = 50_000_000  # of an image; 150 MB once it is unpacked
    per_minute: int = 120  # requests that carry something, for each client address; 0: any number


@dataclass(frozen=True)
class Address:
    """Where the page is served and who may come."""

    host: str = "127.0.0.1"
    port: int = 7860
    token: str | None = None  # asked of every request
    origins: tuple[str, ...] = ()  # web pages of other servers that may use the interfaces

    @property
    def local(self) -> bool:
        """Whether only this computer can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def check(self) -> None:
        """Refuse to serve faces to a network without a token.

        Raises:
            VisageError: There is none, or it is short enough to be guessed.
        """
        if not self.local and not self.token:
            raise VisageError(
                f"--host {self.host} lets other computers in, so a token is needed: everybody who "
                "knows it can search the gallery, nobody else. Set the environment variable "
                "VISAGE_TOKEN (or give --token-file or --token), for instance to the output of: "
                "python -c 'import secrets; print(secrets.token_urlsafe())'"
            )
        if self.token and len(self.token) < SHORTEST_TOKEN:
            raise VisageError(
                f"The token has {len(self.token)} characters; take at least {SHORTEST_TOKEN}, so "
                "that it cannot be guessed."
            )


def read_config(files: list[Path], results: str | None) -> Config:
    """Give the checked config, as Snakemake does: config/config.yaml, then each of `files`.

    Raises:
        VisageError: A file is missing or wrong.
    """
    config: dict[str, Any] = {}
    for path in [DEFAULT_CONFIG, *files]:
        _merge(config, _read(path))
    if results is not None:
        config["results"] = results
    return load(config)


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
