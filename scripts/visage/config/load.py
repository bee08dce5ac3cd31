"""The config as it is given, checked: all mistakes at once, each with the nearest remedy."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from visage.config.agreement import Contradiction
from visage.config.config import CONTRADICTION, Config
from visage.config.convert import as_typed, convert, kinds, sections
from visage.config.describe import allowed, default, either, leaves, schema, show
from visage.config.section import Section
from visage.errors import VisageError

_Key = tuple[Any, ...]  # the steps to a key; what somebody wrote as a key may be anything
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNKNOWN = ("extra_forbidden", "invalid_key")  # pydantic's kinds of error for such keys


def load(given: Mapping[str, Any], arguments: Iterable[str] | None = None) -> Config:
    """Give the checked config, with defaults for what is not given.

    Numbers, booleans, dates and nulls that arrive as text are converted.

    Args:
        given: The config.
        arguments: The command line's `key=value`, by which an id that looks like a number is
            taken as it was typed.

    Raises:
        VisageError: Something is wrong; the message has one line for each mistake.
    """
    converted = convert(as_typed(given, arguments or (), Config), Config)
    try:
        return Config.model_validate(converted)
    except ValidationError as error:
        lines = list(dict.fromkeys(_lines(error, converted)))  # one of several galleries' each
    count = "a mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    listed = "".join(f"\n  {line}" for line in lines)
    raise VisageError(
        f"The config has {count}:{listed}\nAll keys are explained in config/README.md."
    )


def _lines(error: ValidationError, given: Any) -> Iterator[str]:
    """Give a line for each mistake, and for each contradiction between keys that have none."""
    problems: dict[_Key, str] = {}
    for item in error.errors(include_url=False):
        if item["type"] == CONTRADICTION:
            continue
        unknown = item["type"] in _UNKNOWN
        key = item["loc"] if unknown else _key_of(item["loc"])
        say = _unknown_key if unknown else _wrong_value
        problems.setdefault(key, say(key, given))  # however many rules it breaks
    yield from problems.values()
    wrong = {".".join(map(str, key)) for key in problems}
    for keys, line in _contradictions(_without(given, list(problems))):
        if not any(_overlap(key, bad) for key in keys for bad in wrong):
            yield line


def _overlap(one: str, other: str) -> bool:
    """Tell whether one dotted key is the other or in its section."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _contradictions(given: Any) -> list[Contradiction]:
    try:
        Config.model_validate(given)
    except ValidationError as error:
        (item,) = error.errors(include_url=False)
        return item["ctx"]["found"]
    return []


def _without(given: Any, wrong: list[_Key]) -> Any:
    """Copy a config without the keys that are wrong."""
    if () in wrong:  # it is no mapping at all
        return {}
    left = dict(given)
    for first, *rest in wrong:
        if rest and first in left:
            left[first] = {key: value for key, value in left[first].items() if key != rest[0]}
        else:
            left.pop(first, None)
    return left


def _key_of(place: _Key) -> _Key:
    """Give the key at which an error is; pydantic goes on to the choice that did not fit."""
    key: list[str] = []
    model: type[Section] | None = Config
    for step in place:
        if model is None:
            break
        key.append(step)
        model = sections(model).get(step)
    return tuple(key)


def _unknown_key(key: _Key, _given: Any) -> str:
    *above, name = key
    prefix = "".join(f"{step}." for step in above)
    model: type[Section] = Config
    for step in above:
        model = sections(model)[step]
    hint = _hint(str(name), prefix, list(model.model_fields))
    return f"{prefix}{name}: there is no such key; {hint}"


def _hint(name: str, prefix: str, here: list[str]) -> str:
    """Say which key may have been meant by an unknown one."""
    everywhere = [dotted for dotted, _ in leaves(schema())]
    if name in everywhere:
        section, _, last = name.partition(".")
        return f"write {last} in the section {section}, on a line of its own"
    word = name.lower().replace("-", "_")
    names = [*here, *(dotted.rpartition(".")[2] for dotted in everywhere)]
    # Two letters exchanged are the commonest slip; by difflib a shorter word may be nearer.
    turned = [near for near in names if sorted(near) == sorted(word)][:1]
    for near in turned or difflib.get_close_matches(word, names, n=1):
        if near in here:
            return f"did you mean {prefix}{near}?"
        meant = [dotted for dotted in everywhere if dotted.rpartition(".")[2] == near]
        return f"did you mean {either(meant)}?"
    return f"the keys here are {', '.join(here)}"


def _wrong_value(key: _Key, given: Any) -> str:
    name, value = ".".join(key), given
    for step in key:
        value = value[step]
    section = _section_at(key)
    if section:
        known = ", ".join(section.model_fields)
        place = name or "the config"
        return f"{place}: {show(value)} is not a section with the keys {known}"
    part = dict(leaves(schema()))[name]
    normally = f" (default: {default(part)})"
    if value is None:
        return f"{name}: nothing is given; it takes {allowed(part)}{normally}"
    line = f"{name}: {show(value)} is not {allowed(part)}{normally}"
    return line + _hint_on_value(name, value, part)


def _section_at(key: _Key) -> type[Section] | None:
    model: type[Section] | None = Config
    for step in key:
        model = sections(model).get(step) if model else None
    return model


def _hint_on_value(name: str, value: Any, part: Mapping[str, Any]) -> str:
    words = [str(word) for word in part.get("enum", [])]
    near = difflib.get_close_matches(str(value).lower(), words, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    if name in ("person", "image") and isinstance(value, int | float):
        return "; if that is the id or path, put quotes around it in the config file"
    takes_a_path = allowed(part).startswith(("a folder", "a file"))
    if takes_a_path and isinstance(value, int | float | date):
        return "; if that is its name, write ./ before it, so that it is read as a path"
    if date in _kinds_at(name) and isinstance(value, str) and _DAY.fullmatch(value):
        return "; that is not a day of the calendar"
    return ""


def _kinds_at(name: str) -> frozenset[type]:
    *above, last = name.split(".")
    model = _section_at(tuple(above))
    return kinds(model.model_fields[last].annotation) if model else frozenset()
