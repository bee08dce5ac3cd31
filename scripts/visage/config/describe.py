"""The config's keys in words: what they take, their defaults, and their schema."""

import reprlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from visage.config.config import Config

_SHORT = reprlib.Repr()
_SHORT.maxstring = 80  # characters


@cache
def schema() -> dict[str, Any]:
    """Give the JSON schema of the config, once; not to be changed."""
    made = Config.model_json_schema()
    definitions = made.pop("$defs")
    return _resolve(made, definitions)


def leaves(part: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every key that takes a value, by its dotted name, with its part of the schema."""
    for key, below in part["properties"].items():
        if "properties" in below:
            yield from leaves(below, f"{prefix}{key}.")
        else:
            yield prefix + key, below


def allowed(part: Mapping[str, Any]) -> str:
    """Say in words which values a part of the schema allows, to follow "is not"."""
    if "anyOf" in part:
        return either([allowed(choice) for choice in part["anyOf"]])
    if "enum" in part:
        return either([str(word) for word in part["enum"]])
    if "const" in part:
        return str(part["const"])
    return _kind(part["type"], part)


def show(value: Any) -> str:
    """Give a value as YAML writes it, shortened where it is long."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _SHORT.repr(value) if isinstance(value, str | list | dict) else str(value)


def default(part: Mapping[str, Any]) -> str:
    """Give the default of a key as YAML writes it."""
    value = part["default"]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else show(value)


def either(choices: list[str]) -> str:
    """Join choices with commas and "or"."""
    *first, last = choices
    return f"{', '.join(first)} or {last}" if first else last


def _kind(kind: str, part: Mapping[str, Any]) -> str:
    if kind == "string":
        return part["title"]
    if kind == "array":
        return f"a list, of which each is {allowed(part['items'])}"
    if kind in ("integer", "number"):
        return ("an integer" if kind == "integer" else "a number") + _range(part)
    return {"boolean": "true or false", "null": "null"}[kind]


def _range(part: Mapping[str, Any]) -> str:
    if "minimum" in part and "maximum" in part:
        return f" from {part['minimum']} to {part['maximum']}"
    limits = {"exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    found = [f"{word} {part[key]}" for key, word in limits.items() if key in part]
    return f" {' and '.join(found)}" if found else ""


def _resolve(part: Any, definitions: Mapping[str, Any]) -> Any:
    """Put the sections where they are referred to, and leave out the titles nobody wrote."""
    if isinstance(part, list):
        return [_resolve(item, definitions) for item in part]
    if not isinstance(part, Mapping):
        return part
    if "$ref" in part:
        return _resolve(definitions[part["$ref"].rpartition("/")[2]], definitions)
    resolved = {key: _resolve(item, definitions) for key, item in part.items() if key != "title"}
    if part.get("type") == "string" and "enum" not in part and "const" not in part:
        resolved["title"] = part["title"]
    return resolved
