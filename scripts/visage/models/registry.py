"""The register of models and weight files, config/models.yaml: read and checked.

The Snakefile imports this, so nothing heavy is imported here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from visage.errors import VisageError
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry, Registry, WeightFile, nearest

__all__ = ["Registry", "load_registry"]


def load_registry(path: Path) -> Registry:
    """Read config/models.yaml.

    Raises:
        VisageError: The file is missing, no YAML, or holds what it may not; names the key.
    """
    content = _with_centres(_read(path), path)
    try:
        registry = Registry.model_validate(content)
    except ValidationError as error:
        # A key misspelt is both unknown and missing: what stands there says more.
        first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
        raise VisageError(f"{path}: {_explain(first)}") from error
    for problem in _contradictions(registry):
        raise VisageError(f"{path}: {problem}")
    return registry


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


def _with_centres(content: Any, register: Path) -> Any:
    """Put the numbers in the place of the name of a centre's file, which lies beside the register.

    Raises:
        VisageError: The file is missing or holds no centre.
    """
    models = content.get("models") if isinstance(content, dict) else None
    for name, entry in models.items() if isinstance(models, dict) else ():
        file = entry.get("centre") if isinstance(entry, dict) else None
        if isinstance(file, str):
            entry["centre"] = _centre(register.parent / file, f"{register}: models.{name}.centre")
    return content


def _centre(path: Path, key: str) -> list[float]:
    try:
        centre = json.loads(path.read_text(encoding="utf-8"))["centre"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VisageError(
            f"{key}: {path} holds no centre ({error}). benchmarks/centre.py makes one."
        ) from error
    return [float(number) for number in centre]


_KEYS = {name for kind in (Registry, ModelEntry, WeightFile) for name in kind.model_fields}


def _explain(error: ErrorDetails) -> str:
    """Say what is wrong, where, and what was probably meant."""
    *parents, key = error["loc"] or ("the file",)
    place, parent = ".".join(map(str, error["loc"])), ".".join(map(str, parents)) or "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"{parent}: unknown key {key!r}.{nearest(str(key), _KEYS)}"
        case "missing":
            return f"{parent}: {key!r} is a required key."
        case "value_error":
            return f"{place}: {error['ctx']['error']}"
        case "string_pattern_mismatch":
            return f"{place}: {error['input']!r} does not look like {error['ctx']['pattern']}"
    return f"{place}: {error['input']!r}: {error['msg'][0].lower()}{error['msg'][1:]}."


def _contradictions(registry: Registry) -> Iterator[str]:
    """Find what leads nowhere: names of engines and files that do not exist."""
    files = registry.files
    for name, entry in registry.models.items():
        if entry.engine not in ENGINES:
            yield (
                f"models.{name}.engine: {entry.engine!r} is none of {', '.join(ENGINES)}."
                f"{nearest(entry.engine, ENGINES)}"
            )
        for file in entry.weights.values():
            if file not in files:
                yield f"models.{name}.weights: {file!r} is not among files.{nearest(file, files)}"
    for name, spec in files.items():
        source = spec.derived_from
        if source is not None and (source not in files or files[source].sources is None):
            yield f"files.{name}.derived_from: {source!r} must be a file with sources."
