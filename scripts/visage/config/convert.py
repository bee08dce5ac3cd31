"""Values as people write them, turned into what the config takes.

Snakemake gives the values inside a section as text when they stand on the command line
(`--config match='{neighbours: 20}'`), and YAML has several ways to write one value.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from visage.config.section import Section

# Who is to be forgotten: people and photographs are called anything, `null` and `~` as well.
_NAMES = ("person", "image")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def sections(model: type[Section]) -> dict[str, type[Section]]:
    """Give the sections of a model, by their keys."""
    fields = model.model_fields.items()
    return {
        key: field.annotation
        for key, field in fields
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def convert(value: Any, model: type[Section]) -> Any:
    """Copy what a section is given, with text turned into the types that its keys take.

    What does not fit is left as it is, for the section itself to refuse.
    """
    if value is None:  # a section of which every key is commented out
        return {}
    if not isinstance(value, Mapping):
        return value
    below = sections(model)
    return {key: _convert_key(item, key, model, below) for key, item in value.items()}


def _convert_key(
    value: Any, key: Any, model: type[Section], below: Mapping[str, type[Section]]
) -> Any:
    if key in below:
        return convert(value, below[key])
    if key in _NAMES and isinstance(value, str):
        return value
    field = model.model_fields.get(key) if isinstance(key, str) else None
    return from_text(value, kinds(field.annotation)) if field else value


def as_typed(given: Mapping[str, Any], arguments: Iterable[str], model: type[Section]) -> dict:
    """Copy a config with texts as they were typed: Snakemake reads `person=0005` as the number 5.

    Args:
        given: What Snakemake made of the config files and the command line.
        arguments: What stands behind `--config`: `key=value` each.
        model: Tells which keys take texts.
    """
    typed = dict(given)
    for argument in arguments:
        for key, text in as_text(argument, model).items():
            if not isinstance(typed.get(key, ""), str):
                typed[key] = text
    return typed


def as_text(argument: str, model: type[Section]) -> dict[str, Any]:
    """Read one `key=value` as it was typed, if the key takes texts only; else give nothing."""
    key, _, value = argument.partition("=")
    text = value.strip("'\"")
    return {key: text} if text and _takes_text(key, model) else {}


def _takes_text(key: str, model: type[Section]) -> bool:
    """Tell whether a key takes texts only, such as ids and paths."""
    field = model.model_fields.get(key)
    return field is not None and kinds(field.annotation) <= {str, NoneType}


def from_text(value: Any, wanted: frozenset[type]) -> Any:
    """Give text as the null, boolean, date or number that is wanted; a number always as one type.

    The same value must not come once as 1 and once as 1.0: files of settings would differ.
    """
    if isinstance(value, str):
        word = value.strip().lower()
        if NoneType in wanted and word in ("", "~", "null"):
            return None
        if bool in wanted:
            return _WORDS.get(word, value)
        if date in wanted:
            with suppress(ValueError):
                return date.fromisoformat(word)
        if wanted & {int, float}:
            with suppress(ValueError):
                return from_text(float(value) if not word.isdecimal() else int(value), wanted)
    if isinstance(value, float) and int in wanted and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and float in wanted:
        with suppress(OverflowError):
            return float(value)
    return value


def kinds(annotation: Any) -> frozenset[type]:
    """Give the plain types that a type hint is made of."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kinds(arguments[0])
    if origin in (Union, UnionType):
        return frozenset().union(*map(kinds, arguments))
    if origin is Literal:
        return frozenset(map(type, arguments))
    return frozenset({origin or annotation})
