"""The config: checked against its schema, with the defaults filled in.

The Snakefile imports this module on every start, so it needs nothing heavy.
"""

import difflib
import os
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from visage.config.contradictions import contradictions
from visage.errors import VisageError
from visage.resources import CONFIG

SCHEMA = CONFIG / "schemas" / "config.schema.yaml"

_PATHS = ("gallery", "queries", "names", "results", "deny", "faces.regions")
_SHORT = reprlib.Repr()
_SHORT.maxstring = 80  # characters
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@cache
def read_schema() -> dict[str, Any]:
    """Read the schema of the config, once; not to be changed."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def load(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give a checked copy of `config` with the defaults filled in.

    Numbers, booleans and nulls that arrive as text are converted, because Snakemake gives the
    values inside a section as text when they stand on the command line
    (`--config match='{neighbours: 20}'`). Paths lose what does not matter (`./`, a final `/`).

    Raises:
        VisageError: Something is wrong; the message has one line for each mistake.
    """
    schema = read_schema()
    filled = _fill(config, schema)
    problems = _mistakes(filled, schema)
    if not problems:
        _tidy_paths(filled)
    lines = [*problems.values(), *contradictions(filled, set(problems))]
    if lines:
        count = "a mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        listed = "".join(f"\n  {line}" for line in lines)
        raise VisageError(
            f"The config has {count}:{listed}\nAll keys are explained in config/README.md."
        )
    return filled


def leaves(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every key that takes a value, by its dotted name, with its part of the schema."""
    for key, part in schema["properties"].items():
        if "properties" in part:
            yield from leaves(part, f"{prefix}{key}.")
        else:
            yield prefix + key, part


def allowed(part: Mapping[str, Any]) -> str:
    """Say in words which values a part of the schema allows, to follow "is not"."""
    if "anyOf" in part:
        return _either([allowed(choice) for choice in part["anyOf"]])
    if "enum" in part:
        return _either([str(word) for word in part["enum"]])
    if "const" in part:
        return str(part["const"])
    kinds = [part["type"]] if isinstance(part["type"], str) else part["type"]
    return _either([_kind(kind, part) for kind in kinds])


def show(value: Any) -> str:
    """Give a value as YAML writes it, shortened where it is long."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _SHORT.repr(value) if isinstance(value, str | list | dict) else str(value)


def default(part: Mapping[str, Any]) -> str:
    """Give the default of a key as YAML writes it."""
    value = part["default"]
    return value if isinstance(value, str) else show(value)


def missing_folder(key: str, value: str) -> VisageError:
    """Give the error for a folder of the config that does not exist.

    Args:
        key: The config key.
        value: Its value, a path; relative ones are seen from the working directory.
    """
    folder = Path(value).absolute()
    if folder.exists():
        return VisageError(f"{key}: {folder} is a file, not a folder. Give the folder it is in.")
    nearest = _nearest_folder(folder)
    return VisageError(
        f"{key}: there is no folder {folder}"
        + (f"; did you mean {nearest}?" if nearest else ".")
        + f" Make the folder, correct `{key}` in the config file, or give another one on the"
        f" command line: --config {key}=FOLDER"
    )


def _kind(kind: str, part: Mapping[str, Any]) -> str:
    if kind == "string":
        return part["title"]
    if kind in ("integer", "number"):
        return ("an integer" if kind == "integer" else "a number") + _range(part)
    return {"boolean": "true or false", "null": "null"}[kind]


def _range(part: Mapping[str, Any]) -> str:
    if "minimum" in part and "maximum" in part:
        return f" from {part['minimum']} to {part['maximum']}"
    limits = {"exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    found = [f"{word} {part[key]}" for key, word in limits.items() if key in part]
    return f" {' and '.join(found)}" if found else ""


def _either(choices: list[str]) -> str:
    *first, last = choices
    return f"{', '.join(first)} or {last}" if first else last


def _fill(value: Any, part: Mapping[str, Any]) -> Any:
    """Copy `value`, with defaults for what is missing; what does not fit is left for later."""
    if "properties" not in part:
        return _plain(value, part)
    if value is None:  # a section of which every key is commented out
        value = {}
    if not isinstance(value, Mapping):
        return value
    known = {
        key: _fill(value.get(key, below.get("default")), below)
        for key, below in part["properties"].items()
    }
    return known | {key: value[key] for key in value if key not in known}


def _plain(value: Any, part: Mapping[str, Any]) -> Any:
    """Give text as the null, boolean or number the schema wants; a number always as the same type.

    The same value must not come once as 1 and once as 1.0: manifests would differ.
    """
    kinds = _kinds(part)
    if isinstance(value, date) and part.get("format") == "date":
        return value.isoformat()  # YAML reads 2030-12-31 as a date
    if isinstance(value, str):
        word = value.strip().lower()
        if "null" in kinds and word in ("", "~", "null"):
            return None
        if "boolean" in kinds:
            return _WORDS.get(word, value)
        if kinds & {"integer", "number"}:
            with suppress(ValueError):
                return _plain(float(value) if not word.isdecimal() else int(value), part)
    if isinstance(value, float) and "integer" in kinds and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and "number" in kinds:
        with suppress(OverflowError):
            return float(value)
    return value


def _kinds(part: Mapping[str, Any]) -> set[str]:
    if "anyOf" in part:
        return set().union(*(_kinds(choice) for choice in part["anyOf"]))
    kinds = part.get("type", "string")
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _mistakes(config: Any, schema: Mapping[str, Any]) -> dict[str, str]:
    """Give what breaks the schema: dotted key → line."""
    problems: dict[str, str] = {}
    for error in _validator(schema).iter_errors(config):
        if error.validator == "additionalProperties":
            problems |= _unknown_keys(error, schema)
        else:
            key = ".".join(map(str, error.absolute_path))
            # One line for a key, however many rules it breaks.
            problems.setdefault(key, _wrong_value(key, error.instance, error.schema, schema))
    return problems


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Give a validator for which infinity and NaN are no numbers."""

    def is_number(_checker: Any, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return not isinstance(value, float) or abs(value) < float("inf")

    checker = Draft202012Validator.TYPE_CHECKER.redefine("number", is_number)
    return extend(Draft202012Validator, type_checker=checker)(schema)


def _unknown_keys(error: ValidationError, schema: Mapping[str, Any]) -> dict[str, str]:
    prefix = "".join(f"{step}." for step in error.absolute_path)
    section: Any = error.schema
    instance: Any = error.instance
    here = list(section["properties"])
    unknown = [key for key in instance if key not in here]
    return {
        f"{prefix}{key}": f"{prefix}{key}: there is no such key; {_hint(key, prefix, here, schema)}"
        for key in unknown
    }


def _hint(key: Any, prefix: str, here: list[str], schema: Mapping[str, Any]) -> str:
    """Say which key may have been meant by an unknown one."""
    name, everywhere = str(key), [dotted for dotted, _ in leaves(schema)]
    if name in everywhere:
        section, _, last = name.partition(".")
        return f"write {last} in the section {section}, on a line of its own"
    word = name.lower().replace("-", "_")
    names = [*here, *(dotted.rpartition(".")[2] for dotted in everywhere)]
    for near in difflib.get_close_matches(word, names, n=1):
        if near in here:
            return f"did you mean {prefix}{near}?"
        meant = [dotted for dotted in everywhere if dotted.rpartition(".")[2] == near]
        return f"did you mean {_either(meant)}?"
    return f"the keys here are {', '.join(here)}"


def _wrong_value(key: str, value: Any, part: Any, schema: Mapping[str, Any]) -> str:
    if "properties" in part:
        return f"{key or 'the config'}: {show(value)} is not a section with the keys " + ", ".join(
            part["properties"]
        )
    part = dict(leaves(schema))[key]
    normally = f" (default: {default(part)})"
    if value is None:
        return f"{key}: nothing is given; it takes {allowed(part)}{normally}"
    line = f"{key}: {show(value)} is not {allowed(part)}{normally}"
    words = [str(word) for word in part.get("enum", [])]
    near = difflib.get_close_matches(str(value).lower(), words, n=1)
    if near:
        return f"{line}; did you mean {near[0]}?"
    if key in _PATHS and isinstance(value, int | float | date):
        return f"{line}; if that is its name, write ./ before it, so that it is read as a path"
    if key == "person":
        return f"{line}; if that is the id, quote it twice: person='\"{show(value)}\"'"
    return line


def _tidy_paths(config: dict[str, Any]) -> None:
    for key in _PATHS:
        *sections, name = key.split(".")
        section = config
        for step in sections:
            section = section[step]
        if section[name]:
            path = Path(section[name])
            section[name] = str(path.expanduser() if path.parts[:1] == ("~",) else path)


def _nearest_folder(folder: Path) -> Path | None:
    """Find a folder whose name resembles the first part of the path that does not exist."""
    missing, parent = folder, folder.parent
    while not parent.exists():
        missing, parent = parent, parent.parent
    with suppress(OSError), os.scandir(parent) as scan:
        # A typo is looked for among so many: the folder of a set can hold 100,000 people.
        names = {e.name.lower(): e.name for e in islice(scan, 10_000) if e.is_dir()}
        near = difflib.get_close_matches(missing.name.lower(), sorted(names), n=1)
        if near and (found := parent / names[near[0]] / folder.relative_to(missing)).is_dir():
            return found
        return parent / names[near[0]] if near else None
    return None
