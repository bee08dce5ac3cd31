"""A server that speaks the part of Stash's schema that is used, in good moods and bad."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from http_server import Answering, Handler

KEY = "secret-stash-key"
_ARGUMENTS = {  # operation → field, and the types of its variables as the schema has them
    "Performers": "findPerformers",
    "ImagesOf": "findImages",
    "ImagesAt": "findImages",
    "ScenesAt": "findScenes",
    "SceneByHash": "findSceneByHash",
    "TagImages": "bulkImageUpdate",
    "TagScenes": "bulkSceneUpdate",
}


class FakeStash(Answering):
    """Holds performers, images and scenes, and answers as Stash does."""

    def __init__(self, key: str | None = KEY) -> None:
        self.key = key
        self.performers: dict[str, dict] = {}
        self.images: dict[str, dict] = {}
        self.scenes: dict[str, dict] = {}
        self.files: dict[str, tuple[str, bytes]] = {}  # path → type and content
        self.moods: list[Callable[[], tuple[int, Any]]] = []
        self.asked: list[str] = []
        stash = self

        class OfStash(Handler):
            def do_GET(self) -> None:
                stash.asked.append(self.path)
                kind, content = stash.files.get(urlsplit(self.path).path, ("text/plain", b""))
                status, body = stash.mood() or (200 if content else 404, content)
                self.answer(status, body, kind)

            def do_POST(self) -> None:
                body = self.sent()
                operation = re.match(r"(?:query|mutation) (\w+)", body["query"])
                assert operation and _ARGUMENTS[operation[1]] in body["query"]
                stash.asked.append(operation[1])
                if stash.key and self.headers.get("ApiKey") != stash.key:
                    self.answer(401, b"")
                else:
                    self.answer(*(stash.mood() or (200, stash.answer(operation[1], body))))

            def answer(self, status: int, body: Any, kind: str = "application/json") -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.reply(status, {"Content-Type": kind}, data)

        super().__init__(OfStash)

    def mood(self) -> tuple[int, Any] | None:
        return self.moods.pop(0)() if self.moods else None

    def add_performer(self, number: str, name: str, *ids: str, **more: Any) -> None:
        path = f"/performer/{number}/image"
        self.performers[number] = {
            "id": number,
            "name": name,
            "alias_list": [],
            "country": None,
            "image_path": f"{self.address}{path}?t=1",
            "updated_at": "2026-01-01T00:00:00Z",
            "stash_ids": [
                {"endpoint": "https://stashdb.org/graphql", "stash_id": one} for one in ids
            ],
        } | more
        self.files[path] = ("image/jpeg", f"picture of {name}".encode())

    def add_image(self, number: str, path: str, *performers: str) -> None:
        place = f"/image/{number}/image"
        self.images[number] = {
            "id": number,
            "path": path,
            "updated_at": "2026-01-01T00:00:00Z",
            "paths": {"image": f"{self.address}{place}"},
            "performers": list(performers),
        }
        self.files[place] = ("image/png", f"image {number}".encode())

    def add_scene(self, number: str, path: str, oshash: str, *performers: str) -> None:
        self.scenes[number] = {
            "id": number,
            "path": path,
            "oshash": oshash,
            "performers": list(performers),
        }

    def answer(self, operation: str, body: dict) -> dict:
        variables = body["variables"]
        field = _ARGUMENTS[operation]
        if operation == "Performers":
            return self.page(field, "performers", list(self.performers.values()), variables)
        if operation == "ImagesOf":
            wanted = variables["images"]
            assert wanted["performer_count"] == {"value": 1, "modifier": "EQUALS"}
            (performer,) = wanted["performers"]["value"]
            found = [one for one in self.images.values() if one["performers"] == [performer]]
            return self.page(field, "images", list(map(shown, found)), variables)
        if operation in ("ImagesAt", "ScenesAt"):
            kind = field.removeprefix("find").lower()
            path = variables[kind]["path"]
            assert path["modifier"] == "EQUALS"
            things = getattr(self, kind).values()
            found = [shown(one) for one in things if one["path"] == path["value"]]
            return self.page(field, kind, found, variables)
        if operation == "SceneByHash":
            digest = variables["input"].get("oshash")
            found = [one for one in self.scenes.values() if one["oshash"] == digest]
            return {"data": {field: shown(found[0]) if found else None}}
        things = self.images if operation == "TagImages" else self.scenes
        change = variables["input"]
        for number in change["ids"]:
            self.tag(things[number], change["performer_ids"])
        return {"data": {field: [{"id": number} for number in change["ids"]]}}

    @staticmethod
    def tag(thing: dict, change: dict) -> None:
        rest = [one for one in thing["performers"] if one not in change["ids"]]
        assert change["mode"] in ("ADD", "REMOVE")
        thing["performers"] = rest + (change["ids"] if change["mode"] == "ADD" else [])

    @staticmethod
    def page(field: str, things: str, found: list[dict], variables: dict) -> dict:
        order = variables["filter"]
        assert order["sort"] == "id"
        first = (order["page"] - 1) * order["per_page"]
        part = sorted(found, key=lambda one: one["id"])[first : first + order["per_page"]]
        return {"data": {field: {"count": len(found), things: part}}}


def shown(thing: dict) -> dict:
    """Give a thing as GraphQL does: performers are objects."""
    return thing | {"performers": [{"id": one} for one in thing["performers"]]}
