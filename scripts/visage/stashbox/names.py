"""Names from a stash-box: asked by GraphQL for the ids of a gallery, kept in a names file.

This is the one part of the workflow that sends anything to a server, and what it sends is ids. It
runs only when `fetch_names` is asked for by name.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from visage.errors import VisageError
from visage.store.files import write_text
from visage.store.names import is_uuid, split_id

log = logging.getLogger(__name__)

KEY = "STASHBOX_API_KEY"  # environment variable
ATTEMPTS = 5
FIRST_WAIT = 1.0  # seconds; doubled each time
LONGEST_WAIT = 300.0  # whatever a server asks for
TIMEOUT = httpx.Timeout(30.0, connect=15.0)
MOST_MERGES = 20  # one into the other

QUERY = """query FindPerformer($id: ID!) {
  findPerformer(id: $id) {
    id name disambiguation aliases country deleted merged_into_id
    images { url }
  }
}"""


class _Passing(Exception):
    """A fault that may be gone at the next attempt; `wait` seconds if the server said so."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait


@dataclass
class StashBox:
    """A stash-box that is asked for one performer at a time, not too often, and each once."""

    endpoint: str
    key: str
    per_minute: float
    cache: Path  # JSON lines: what was answered; may be deleted to ask again
    client: httpx.Client
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    asked: int = 0
    _known: dict[str, dict | None] = field(default_factory=dict)
    _next: float = 0.0

    def __post_init__(self) -> None:
        """Read what was answered before."""
        self._known = _read_cache(self.cache)

    def find(self, performer: str) -> dict | None:
        """Give what the stash-box knows about an id (a UUID), None where it knows nothing.

        Raises:
            VisageError: It refuses, or cannot be reached after several attempts.
        """
        if performer not in self._known:
            found = self._ask_patiently(performer)
            self._known[performer] = found
            _append(self.cache, {"id": performer, "performer": found})
        return self._known[performer]

    def _ask_patiently(self, performer: str) -> dict | None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._ask(performer)
            except _Passing as fault:
                if attempt == ATTEMPTS:
                    raise VisageError(
                        f"{self.endpoint} did not answer in {ATTEMPTS} attempts: {fault}. What it "
                        "answered before is kept; run fetch_names again later to go on."
                    ) from fault
                backoff = FIRST_WAIT * 2 ** (attempt - 1)
                wait = min(LONGEST_WAIT, backoff if fault.wait is None else fault.wait)
                log.warning("%s; attempt %d follows in %.0f s", fault, attempt + 1, wait)
                self.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, performer: str) -> dict | None:
        self._keep_the_rate()
        self.asked += 1
        try:
            response = self.client.post(
                self.endpoint,
                json={"query": QUERY, "variables": {"id": performer}},
                headers={"ApiKey": self.key},
                timeout=TIMEOUT,
            )
        except httpx.TransportError as error:
            raise _Passing(f"no answer ({type(error).__name__}: {error})") from error
        except httpx.HTTPError as error:
            raise VisageError(f"stashbox.endpoint: {self.endpoint}: {error}") from error
        return self._performer(performer, self._body(response))

    def _keep_the_rate(self) -> None:
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 60 / self.per_minute

    def _body(self, response: httpx.Response) -> dict:
        status = response.status_code
        if status in (401, 403):
            raise VisageError(
                f"{self.endpoint} refuses the key (HTTP {status}). Set the environment variable "
                f"{KEY} to the API key that your account's page there shows."
            )
        if status == 429 or status >= 500:
            raise _Passing(f"HTTP {status}", _retry_after(response))
        if status != 200:
            raise VisageError(
                f"{self.endpoint} answers with HTTP {status}, not as a stash-box does. Correct "
                "stashbox.endpoint; it ends in /graphql, as https://stashdb.org/graphql."
            )
        try:
            body = response.json()
        except ValueError as error:
            raise _Passing("the answer is not JSON") from error
        if not isinstance(body, dict):
            raise _Passing("the answer is not an object")
        return body

    def _performer(self, performer: str, body: dict) -> dict | None:
        errors = body.get("errors")
        if errors:
            text = "; ".join(
                str(one.get("message", one)) if isinstance(one, dict) else str(one)
                for one in (errors if isinstance(errors, list) else [errors])
            )
            if "not found" in text.lower() or "no rows" in text.lower():
                return None
            if "authori" in text.lower():
                raise VisageError(
                    f"{self.endpoint} refuses the key ({text}). Set the environment variable {KEY} "
                    "to the API key that your account's page there shows."
                )
            raise VisageError(f"{self.endpoint} cannot answer for {performer}: {text}")
        data = body.get("data")
        if not isinstance(data, dict) or "findPerformer" not in data:
            raise _Passing("the answer has no findPerformer")
        found = data["findPerformer"]
        if found is not None and not isinstance(found, dict):
            raise _Passing("findPerformer is not an object")
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


def _retry_after(response: httpx.Response) -> float | None:
    """Read the header: seconds, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


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
    host = _check(endpoint, key)
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
        box = StashBox(endpoint or "", key or "", per_minute, cache / f"{host}.jsonl", client)
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
    log.info("%s: %s; %d requests", output, told, box.asked)
    return counts


def _check(endpoint: str | None, key: str | None) -> str:
    """Give the name of the server the endpoint is on."""
    if not endpoint:
        raise VisageError(
            "stashbox.endpoint: none is given. Set it to the GraphQL address of the stash-box that "
            "the ids are from, as https://stashdb.org/graphql."
        )
    address = urlsplit(endpoint)
    host = address.hostname or ""
    if address.scheme != "https" and host not in ("localhost", "127.0.0.1", "::1"):
        raise VisageError(
            f"stashbox.endpoint: {endpoint} would send the API key unencrypted. Use https://."
        )
    if not key:
        raise VisageError(
            f"There is no API key: set the environment variable {KEY} to the one that your "
            f"account's page on {host} shows. It does not belong into a config file."
        )
    return host


def _folders(gallery: Path) -> Iterable[Path]:
    try:
        return [path for path in gallery.iterdir() if path.is_dir() and path.name[0] != "."]
    except OSError as error:
        raise VisageError(f"gallery: {gallery} cannot be read: {error.strerror}.") from error


def _identifier(person: str, host: str) -> str | None:
    """Give the UUID in a folder's name, unless the name says that it is from elsewhere."""
    box, plain = split_id(person)
    return plain.lower() if box in (None, host) and is_uuid(plain) else None
