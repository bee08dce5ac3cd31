"""Names from a stash-box: asked by GraphQL for the ids of a gallery, kept in a names file.

What is sent is ids. It runs only when `fetch_names` is asked for by name.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from visage.errors import VisageError
from visage.stashbox.graphql import GraphQL, Refused, Server, check_server
from visage.store.files import write_text
from visage.store.names import is_uuid, split_id

log = logging.getLogger(__name__)

KEY = "STASHBOX_API_KEY"  # environment variable
MOST_MERGES = 20  # one into the other

QUERY = """query FindPerformer($id: ID!) {
  findPerformer(id: $id) {
    id name disambiguation aliases country deleted merged_into_id
    images { url }
  }
}"""


@dataclass
class StashBox:
    """A stash-box that is asked for one performer at a time, not too often, and each once."""

    server: GraphQL
    cache: Path  # JSON lines: what was answered; may be deleted to ask again
    _known: dict[str, dict | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what was answered before."""
        self._known = _read_cache(self.cache)

    def find(self, performer: str) -> dict | None:
        """Give what the stash-box knows about an id (a UUID), None where it knows nothing.

        Raises:
            VisageError: It refuses, or cannot be reached after several attempts.
        """
        if performer not in self._known:
            found = self._ask(performer)
            self._known[performer] = found
            _append(self.cache, {"id": performer, "performer": found})
        return self._known[performer]

    def _ask(self, performer: str) -> dict | None:
        try:
            found = self.server.ask(QUERY, id=performer)["findPerformer"]
        except Refused as error:
            text = str(error)
            if "not found" in text.lower() or "no rows" in text.lower():
                return None
            endpoint = self.server.server.endpoint
            raise VisageError(f"{endpoint} cannot answer for {performer}: {text}") from error
        except KeyError as error:
            endpoint = self.server.server.endpoint
            raise VisageError(f"{endpoint} does not answer as a stash-box does") from error
        if found is not None and not isinstance(found, dict):
            raise VisageError(f"{self.server.server.endpoint}: findPerformer is not an object")
        return found

    def follow(self, performer: str) -> dict | None:
        """Give the performer an id stands for now: merged ones are followed to the last.

        None where the id, or the end of its merges, is not known; where merges go in a circle, the
        performer asked for itself.
        """
        first = found = self.find(performer)
        seen = {performer}
        while found is not None and found.get("merged_into_id"):
            target = str(found["merged_into_id"]).lower()
            if target in seen or len(seen) > MOST_MERGES:
                log.warning("%s: its merges go in a circle (%s)", performer, ", ".join(seen))
                return first
            seen.add(target)
            found = self.find(target)
        return found if found is not None else first


def _read_cache(path: Path) -> dict[str, dict | None]:
    known: dict[str, dict | None] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
                known[entry["id"]] = entry["performer"]
            except (ValueError, KeyError, TypeError):
                log.warning("%s: a damaged line is asked for again", path)
    return known


def _append(path: Path, entry: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A line cut short by a kill must not swallow the next one.
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def entry_of(performer: str, found: dict, endpoint: str) -> dict[str, Any]:
    """Give what the names file says about an id."""
    images = [image["url"] for image in found.get("images") or [] if image.get("url")]
    entry = {
        "name": found.get("name"),
        "disambiguation": found.get("disambiguation"),
        "aliases": [alias for alias in found.get("aliases") or [] if alias],
        "country": found.get("country"),
        "image": images[0] if images else None,
        "images": images,
        "endpoint": endpoint,
        "deleted": bool(found.get("deleted")),
    }
    now = str(found.get("id", performer)).lower()
    return entry | ({"merged_into": now} if now != performer else {})


def fetch_names(
    gallery: Path,
    endpoint: str | None,
    key: str | None,
    per_minute: float,
    cache: Path,
    output: Path,
) -> dict[str, int]:
    """Write the names of a gallery's people.

    Args:
        gallery: Its folders of the first level are the ids; those that are no UUID are left out.
        endpoint: The config's `stashbox.endpoint`.
        key: The API key.
        per_minute: Requests at most.
        cache: The folder for answers.
        output: The names file.

    Returns:
        How many people were: named, unknown, merged, deleted, and without a UUID.

    Raises:
        VisageError: There is no endpoint or key, or the stash-box does not answer.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every request
    server = Server(
        endpoint=endpoint or "",
        key=key or "",
        variable=KEY,
        setting="stashbox.endpoint",
        rule="fetch_names",
        example="https://stashdb.org/graphql",
    )
    host = check_server(server)
    people = {folder.name for folder in _folders(gallery)}
    ids = {person: identifier for person in people if (identifier := _identifier(person, host))}
    counts = dict.fromkeys(("named", "unknown", "merged", "deleted"), 0)
    counts["without a UUID"] = len(people) - len(ids)
    if not ids:
        raise VisageError(
            f"gallery: none of the {len(people)} folders of {gallery} is called by a stash-box id "
            f"(a UUID) of {host}, so there is nothing to ask for."
        )
    names: dict[str, Any] = {}
    with httpx.Client() as client:
        asked = GraphQL(server, per_minute, client)
        box = StashBox(asked, cache / f"{host}.jsonl")
        for done, (person, identifier) in enumerate(sorted(ids.items()), start=1):
            found = box.follow(identifier)
            if found is None or not found.get("name"):
                counts["unknown"] += 1
                log.warning("%s: %s does not know this id", person, host)
                continue
            names[person] = entry_of(identifier, found, host)
            counts["named"] += 1
            counts["merged"] += "merged_into" in names[person]
            counts["deleted"] += names[person]["deleted"]
            if done % 100 == 0:
                log.info("%d of %d", done, len(ids))
    write_text(output, json.dumps(names, ensure_ascii=False, indent=1) + "\n")
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    log.info("%s: %s; %d requests", output, told, asked.asked)
    return counts


def _folders(gallery: Path) -> Iterable[Path]:
    try:
        return [path for path in gallery.iterdir() if path.is_dir() and path.name[0] != "."]
    except OSError as error:
        raise VisageError(f"gallery: {gallery} cannot be read: {error.strerror}.") from error


def _identifier(person: str, host: str) -> str | None:
    """Give the UUID in a folder's name, unless the name says that it is from elsewhere."""
    box, plain = split_id(person)
    return plain.lower() if box in (None, host) and is_uuid(plain) else None
