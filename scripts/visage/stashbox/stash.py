"""One's own Stash: its performers, images and scenes, asked and tagged by GraphQL.

Read in the schema of Stash 0.28 (graphql/schema/types/*.graphql); fields that older ones lack are
not asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from visage.errors import VisageError
from visage.stashbox.graphql import GraphQL, Refused, Server, check_server
from visage.store.names import is_uuid

KEY = "STASH_API_KEY"  # environment variable; a Stash without a password needs none
PAGE = 200  # things asked for at a time
UNKNOWN = "stash-"  # begins the id of a performer that is in no stash-box

_PERFORMERS = """query Performers($filter: FindFilterType!) {
  findPerformers(filter: $filter) {
    count
    performers { id name alias_list country image_path updated_at stash_ids { endpoint stash_id } }
  }
}"""
_IMAGES_OF = """query ImagesOf($filter: FindFilterType!, $images: ImageFilterType!) {
  findImages(filter: $filter, image_filter: $images) {
    count
    images { id updated_at paths { image } performers { id } }
  }
}"""
_IMAGES_AT = """query ImagesAt($filter: FindFilterType!, $images: ImageFilterType!) {
  findImages(filter: $filter, image_filter: $images) { count images { id performers { id } } }
}"""
_SCENES_AT = """query ScenesAt($filter: FindFilterType!, $scenes: SceneFilterType!) {
  findScenes(filter: $filter, scene_filter: $scenes) { count scenes { id performers { id } } }
}"""
_SCENE_BY_HASH = """query SceneByHash($input: SceneHashInput!) {
  findSceneByHash(input: $input) { id performers { id } }
}"""
_TAG = {
    "image": """mutation TagImages($input: BulkImageUpdateInput!) {
  bulkImageUpdate(input: $input) { id }
}""",
    "scene": """mutation TagScenes($input: BulkSceneUpdateInput!) {
  bulkSceneUpdate(input: $input) { id }
}""",
}


@dataclass(frozen=True)
class StashPerformer:
    """A performer of one's own Stash."""

    number: str  # its id there
    person: str  # its id here: of a stash-box, or `stash-<number>`
    name: str
    picture: str | None  # address
    updated: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    endpoint: str | None = None  # of the stash-box that the id is from


@dataclass(frozen=True)
class StashImage:
    """An image that is tagged with one performer."""

    number: str
    picture: str | None
    updated: str


@dataclass(frozen=True)
class Target:
    """An image or a scene, with the performers that it is tagged with."""

    kind: str  # image or scene
    number: str
    performers: frozenset[str]


class Stash:
    """A Stash that is asked one thing at a time."""

    def __init__(
        self,
        endpoint: str | None,
        key: str | None,
        per_minute: float,
        client: httpx.Client,
        rule: str,
        **patience: Any,
    ) -> None:
        """Check how it is to be spoken to; nothing is sent yet.

        Raises:
            VisageError: There is no endpoint, or the key would travel unencrypted.
        """
        server = Server(
            endpoint=endpoint or "",
            key=key or "",
            variable=KEY,
            setting="stash.endpoint",
            rule=rule,
            example="http://localhost:9999/graphql",
        )
        self.host = check_server(server, needs_key=False)
        self.server = GraphQL(server, per_minute, client, **patience)

    def performers(self, box: str | None = None) -> Iterator[StashPerformer]:
        """Give all performers, those in a stash-box by their id there.

        Args:
            box: The stash-box whose ids are preferred, where a performer is in several.
        """
        for found in self._pages(_PERFORMERS, "findPerformers", "performers"):
            yield _performer(found, box)

    def images_of(self, performer: StashPerformer) -> Iterator[StashImage]:
        """Give the images that are tagged with this performer and nobody else."""
        wanted = {
            "performers": {"value": [performer.number], "modifier": "INCLUDES"},
            "performer_count": {"value": 1, "modifier": "EQUALS"},
        }
        for found in self._pages(_IMAGES_OF, "findImages", "images", images=wanted):
            if [one.get("id") for one in found.get("performers") or []] == [performer.number]:
                paths = found.get("paths") or {}
                number = _number(found.get("id"))
                yield StashImage(number, paths.get("image"), str(found.get("updated_at")))

    def download(self, address: str) -> tuple[bytes, str]:
        """Give a picture and its type."""
        return self.server.download(address)

    def at_path(self, path: str) -> Target | None:
        """Give the image, or else the scene, whose file lies there as Stash sees it."""
        where = {"path": {"value": path, "modifier": "EQUALS"}}
        for kind, query, field, variable in (
            ("image", _IMAGES_AT, "findImages", "images"),
            ("scene", _SCENES_AT, "findScenes", "scenes"),
        ):
            found = list(self._pages(query, field, f"{kind}s", **{variable: where}))
            if len(found) == 1:
                return _target(kind, found[0])
        return None

    def scene_by_hash(self, digest: str) -> Target | None:
        """Give the scene of an oshash (16 digits) or a checksum (32 digits)."""
        kind = "oshash" if len(digest) == 16 else "checksum"
        data = self._ask(_SCENE_BY_HASH, input={kind: digest})
        found = data.get("findSceneByHash")
        return _target("scene", found) if found else None

    def tag(self, kind: str, numbers: list[str], performer: str, mode: str) -> None:
        """Add a performer to images or scenes (`mode` ADD), or take them away (REMOVE)."""
        self._ask(
            _TAG[kind], input={"ids": numbers, "performer_ids": {"ids": [performer], "mode": mode}}
        )

    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            return self.server.ask(query, **variables)
        except Refused as error:
            raise VisageError(
                f"{self.server.server.endpoint} cannot answer: {error}. It must be a Stash of "
                "version 0.25 or later."
            ) from error

    def _pages(self, query: str, field: str, things: str, **variables: Any) -> Iterator[dict]:
        """Give everything, a page after the other; sorted by id, so that none slips through."""
        page, seen = 1, 0
        while True:
            order = {"page": page, "per_page": PAGE, "sort": "id", "direction": "ASC"}
            answer = self._ask(query, filter=order, **variables).get(field) or {}
            found = answer.get(things)
            if not isinstance(found, list):
                raise VisageError(
                    f"{self.server.server.endpoint} does not answer as Stash does: no {things}"
                )
            yield from found
            seen += len(found)
            if not found or seen >= int(answer.get("count") or 0):
                return
            page += 1


def _number(value: object) -> str:
    """Check an id of Stash: it becomes part of a file's name."""
    text = str(value)
    if not text.isdecimal():
        raise VisageError(f"Stash gives the id {text!r:.40}, which is no number.")
    return text


def _performer(found: dict, box: str | None) -> StashPerformer:
    number = _number(found.get("id"))
    ids = sorted(
        (urlsplit(one.get("endpoint") or "").hostname or "", str(one.get("stash_id")).lower())
        for one in found.get("stash_ids") or []
        if is_uuid(str(one.get("stash_id")))
    )
    ids.sort(key=lambda one: one[0] != box)
    endpoint, person = ids[0] if ids else (None, f"{UNKNOWN}{number}")
    picture = found.get("image_path") or None
    if picture and "default=true" in picture:  # Stash's own silhouette
        picture = None
    return StashPerformer(
        number=number,
        person=person,
        name=" ".join(str(found.get("name") or "").split()),
        picture=picture,
        updated=str(found.get("updated_at")),
        aliases=tuple(filter(None, found.get("alias_list") or ())),
        country=found.get("country") or None,
        endpoint=endpoint,
    )


def _target(kind: str, found: dict) -> Target:
    performers = frozenset(_number(one.get("id")) for one in found.get("performers") or [])
    return Target(kind, _number(found.get("id")), performers)
