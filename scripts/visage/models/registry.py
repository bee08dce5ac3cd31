"""The register of models and weight files, config/models.yaml: read and checked.

The Snakefile imports this, so nothing heavy is imported here.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from visage.errors import VisageError
from visage.resources import CONFIG

SCHEMA = CONFIG / "schemas" / "models.schema.yaml"

# What an entry of `models` may leave out.
_DEFAULTS: dict[str, Any] = {"mirror": False, "precision": "float32", "detection_size": None}
_THRESHOLDS: dict[str, Any] = {"normalized": None, "raw": None}


def load_registry(path: Path) -> dict[str, Any]:
    """Read config/models.yaml.

    Returns:
        `files` (name → sha256, bytes, licence, homepage, sources or derived_from and by) and
        `models` (name → entry), as in the file, with what an entry left out filled in.

    Raises:
        VisageError: The file is missing, no YAML, or breaks the schema; names the key.
    """
    registry = _read(path)
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    error = best_match(Draft202012Validator(schema).iter_errors(registry))
    if error is not None:
        raise VisageError(f"{path}: {_explain(error)}")
    for problem in _contradictions(registry):
        raise VisageError(f"{path}: {problem}")
    registry = deepcopy(registry)
    for entry in registry["models"].values():
        for key, value in _DEFAULTS.items():
            entry.setdefault(key, value)
        entry["threshold"] = _THRESHOLDS | entry["threshold"]
    return registry


def model_entry(registry: dict[str, Any], model: str) -> dict[str, Any]:
    """Give the entry of `model`.

    Raises:
        VisageError: There is none; the message names the nearest one there is.
    """
    return _look_up(registry["models"], model, "model")


def file_entry(registry: dict[str, Any], file: str) -> dict[str, Any]:
    """Give the entry of the weight file `file`.

    Raises:
        VisageError: There is none; the message names the nearest one there is.
    """
    return _look_up(registry["files"], file, "weight file")


def weight_files(registry: dict[str, Any], model: str) -> list[str]:
    """Give the names in weights/ of the files that `model` loads, sorted, each once."""
    return sorted(set(model_entry(registry, model)["weights"].values()))


def _look_up(entries: dict[str, Any], name: str, kind: str) -> dict[str, Any]:
    if name not in entries:
        known = ", ".join(sorted(entries))
        raise VisageError(
            f"There is no {kind} {name!r} in config/models.yaml.{nearest(name, entries)} "
            f"Known: {known}."
        )
    return entries[name]


def nearest(word: str, words: Iterable[str]) -> str:
    """Give " Did you mean …?" with the likeliest of `words`, or nothing where none is near."""
    found = get_close_matches(word, sorted(words), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key given twice is an error, not silently the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} stands there twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError as error:
        raise VisageError(f"{path} is missing; `git checkout {path}` brings it back.") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        # PyYAML lets out what dates that are none and keys that are lists raise.
        raise VisageError(f"{path} is not proper YAML: {error}") from error


def _explain(error: ValidationError) -> str:
    place = ".".join(str(part) for part in error.absolute_path) or "the file"
    if error.validator == "additionalProperties" and isinstance(error.schema, dict):
        known = error.schema.get("properties", {})
        instance = error.instance if isinstance(error.instance, dict) else {}
        for key in instance:
            if key not in known:
                return f"{place}: unknown key {key!r}.{nearest(str(key), known)}"
    return f"{place}: {error.message}"


def _contradictions(registry: dict[str, Any]) -> Iterator[str]:
    """Find what the schema cannot: names that lead nowhere, and values that go ill together."""
    files = registry["files"]
    for name, entry in registry["models"].items():
        if entry.get("precision") == "bfloat16" and entry["engine"] != "openvino":
            yield f"models.{name}.precision: only the engine openvino computes in bfloat16."
        for file in entry["weights"].values():
            if file not in files:
                yield f"models.{name}.weights: {file!r} is not among files.{nearest(file, files)}"
    for name, spec in files.items():
        source = spec.get("derived_from")
        if source is not None and "sources" not in files.get(source, {}):
            yield f"files.{name}.derived_from: {source!r} must be a file with sources."
