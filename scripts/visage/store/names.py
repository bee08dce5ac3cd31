"""The names file: who the ids are; and the addresses of their pages."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from visage.errors import VisageError
from visage.store.paths import nfc

# Stash-boxes: a performer's page is the endpoint without /graphql plus /performers/<uuid>.
STASH_BOXES = ("stashdb.org", "fansdb.cc", "javstash.org", "pmvstash.org")

_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_PREFIXED = re.compile(rf"(?:https?://)?(?P<host>{_HOST})(?:/graphql/?)?:(?P<id>.+)", re.DOTALL)
_ADDRESS = re.compile(rf"(?:https?://)?(?P<host>{_HOST})(?:/.*)?", re.DOTALL)
_EXAMPLE = '{"0005": "Ada Lovelace"} or {"0005": {"name": "Ada Lovelace", "country": "GB"}}'
_SHOWN = 10  # faults of a file that are listed before the rest is only counted


@dataclass(frozen=True)
class Performer:
    """What a names file tells about a person. Texts are as found: whoever shows them escapes."""

    id: str  # without the stash-box's name before it
    name: str  # "" where the file has none
    image: str | None = None  # address of a portrait
    country: str | None = None
    endpoint: str | None = None  # host of the stash-box the id is from, such as "stashdb.org"
    aliases: tuple[str, ...] = ()


def read_names(path: Path | None) -> dict[str, Performer]:
    """Read a names file: JSON, in any form (and mixture) found in the wild.

    `{id: name}`, `{id: {name, image, country, …}}`, `{"stashdb.org:id": {name, country,
    image_url}}`, and null for whatever is not known. Other fields are left alone.

    Returns:
        id → performer, sorted by id. Someone with a stash-box before the id stands under both
        `stashdb.org:id` and `id`, because folders are called either way. Where two entries claim
        one id, the one without a stash-box has it, else the first by alphabet; what the winner
        does not know is taken from the other. Entries that tell nothing are left out. Empty
        without a `path`.

    Raises:
        VisageError: The file is missing, not JSON, or holds something else than names.
    """
    if path is None:
        return {}
    entries = _read_object(path)
    faults = [f"{key!r} stands twice, with different values" for key in entries.repeated]
    performers: dict[str, Performer] = {}
    for key in sorted(entries):
        problems = list(_faults(entries[key]))
        faults += [f"{key!r}: {problem}" for problem in problems]
        if not problems:
            performers[key] = _performer(key, entries[key])
    if faults:
        more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        listed = "".join(f"\n  {fault}" for fault in [*faults[:_SHOWN], *more])
        raise VisageError(f"{path}: these entries cannot be used; correct them:{listed}")
    for key in list(performers):
        performer = performers[key]
        if performer.id != key:
            performers[performer.id] = _merged(performers.get(performer.id), performer)
    told = {key: one for key, one in performers.items() if one.name or one.image or one.country}
    return dict(sorted(told.items()))


def link(template: str | None, performer_id: str, names: Mapping[str, Performer]) -> str:
    """Give the address of a person's page, or "" where none is known.

    A page of a stash-box is only ever linked for an id that is a UUID in the usual form with
    hyphens; it is that of the person's own stash-box where the names file tells which that is.

    Args:
        template: `links` of the config, with `{id}` in it.
        performer_id: An id, with or without a stash-box before it.
        names: As `read_names` gives them.
    """
    known = names.get(performer_id)
    host, plain = split_id(performer_id)
    host = (known.endpoint if known else None) or host
    address = _ADDRESS.fullmatch(template) if template else None
    templates_host = address["host"].lower() if address else None
    if template and templates_host not in STASH_BOXES:
        return template.replace("{id}", quote(plain, safe="", errors="replace"))
    if not is_uuid(plain):
        return ""
    if template and host in (None, templates_host):
        return template.replace("{id}", plain.lower())
    return f"https://{host}/performers/{plain.lower()}" if host in STASH_BOXES else ""


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice with different values."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        composed = [(nfc(key), value) for key, value in pairs]
        super().__init__(composed)
        self.repeated = sorted({key for key, value in composed if value != self[key]})


def _read_object(path: Path) -> _Object:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VisageError(
            f"names: {path} cannot be read ({error.strerror}). Correct the path, or set names to "
            "null to do without."
        ) from error
    try:
        entries = json.loads(data, object_pairs_hook=_Object)  # a byte order mark is fine
    except json.JSONDecodeError as error:
        raise VisageError(
            f"{path}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}. Correct it there "
            "or just before; usual causes are a comma too many and a missing quote."
        ) from error
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise VisageError(
            f"{path}:{line}:{column}: this is not {error.encoding}. Save the file as UTF-8."
        ) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of 5,000 digits
        raise VisageError(f"{path}: {error}. It should be like {_EXAMPLE}.") from error
    if not isinstance(entries, _Object):
        found = {list: "a list", str: "a text", type(None): "null"}.get(type(entries), "a number")
        raise VisageError(
            f"{path}:1:1: this is {found}, not an object from id to name. It should be like "
            f"{_EXAMPLE}."
        )
    return entries


def _faults(value: Any) -> Iterator[str]:
    """Say what is wrong with an entry."""
    if value is None or isinstance(value, str):
        return
    if not isinstance(value, dict):
        yield f"{json.dumps(value):.40} is neither a name nor an object with a name"
        return
    for field in ("name", "image", "image_url", "country", "endpoint"):
        if not isinstance(value.get(field), str | None):
            yield f"{field} {json.dumps(value[field]):.40} is not a text"
    aliases = value.get("aliases")
    texts = aliases if isinstance(aliases, list) else [aliases]
    if not all(isinstance(alias, str | None) for alias in texts):
        yield f"aliases {json.dumps(aliases):.40} are not a list of texts"


def _performer(key: str, value: Any) -> Performer:
    """Make a performer of a sound entry."""
    host, plain = split_id(key)
    fields = value if isinstance(value, dict) else {"name": value}
    address = _ADDRESS.fullmatch(fields.get("endpoint") or "")
    aliases = fields.get("aliases") or []
    texts = map(_clean, aliases if isinstance(aliases, list) else [aliases])
    return Performer(
        id=plain,
        name=_clean(fields.get("name")),
        image=_clean(fields.get("image")) or _clean(fields.get("image_url")) or None,
        country=_clean(fields.get("country")) or None,
        endpoint=host or (address["host"].lower() if address else None),
        aliases=tuple(text for text in texts if text),
    )


def _clean(text: str | None) -> str:
    """Give a text on one line, in characters that every file format can hold."""
    return " ".join((text or "").encode(errors="replace").decode().split())


def split_id(key: str) -> tuple[str | None, str]:
    """Give the stash-box before an id (lower case; None where there is none), and the id."""
    found = _PREFIXED.fullmatch(key)
    return (found["host"].lower(), found["id"]) if found else (None, key)


def _merged(first: Performer | None, second: Performer) -> Performer:
    """Give the first, with what only the second knows."""
    if first is None:
        return second
    return Performer(
        id=first.id,
        name=first.name or second.name,
        image=first.image or second.image,
        country=first.country or second.country,
        endpoint=first.endpoint or second.endpoint,
        aliases=first.aliases or second.aliases,
    )


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in the form 8-4-4-4-12, in lower or upper case."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
