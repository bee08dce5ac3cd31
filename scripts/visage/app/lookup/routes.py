"""What the look-up page asks for."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from visage.app.forms import form, image_of, region_of
from visage.app.lookup.answer import drawn
from visage.app.lookup.saying import Photograph, say_who
from visage.app.pictures import NO_PICTURE
from visage.app.problem import Problem
from visage.app.site import Site
from visage.app.templates import page
from visage.embed.selection import Region
from visage.formats import FORMATS, accepted
from visage.pages.words import plural
from visage.types import Box


def add_lookup(app: FastAPI, site: Site) -> None:
    """Add the page and what it asks for."""
    service = site.service

    @app.get("/", include_in_schema=False)
    def start() -> HTMLResponse:
        problem, said = "", ""
        try:
            index = service.index()
            people, faces = len(index.people.ids), len(index)
            known = plural(people, "person", "people")
            said = f"The gallery knows {known} by {plural(faces, 'face')}."
        except Problem as why:
            problem = str(why)
        facts = {
            "max_bytes": service.limits.max_bytes,
            "people": _people(site),
            "suffixes": sorted(one for kind in FORMATS if kind.read for one in kind.suffixes),
        }
        values = {"here": "./", "ways": site.ways(), "said": said, "problem": problem}
        return page(
            "lookup.html.j2",
            values | {"facts": facts, "accepted": accepted()},
            scripts=("lookup.js",),
        )

    @app.get("/status", include_in_schema=False)
    def status() -> dict[str, Any]:
        limit = {"max_bytes": service.limits.max_bytes}
        try:
            index = service.index()
        except Problem as problem:
            return limit | {"problem": str(problem)}
        people, faces = len(index.people.ids), len(index)
        return limit | {"people": people, "faces": faces, "model": service.lookup.origin.model}

    @app.post("/search", include_in_schema=False)
    async def search(request: Request) -> dict[str, Any]:
        async with form(request, service.limits.max_bytes) as sent:
            data, region = await image_of(sent), region_of(str(sent.get("region") or ""))
            preview = bool(sent.get("preview"))
        return await run_in_threadpool(found, data, region, preview)

    def found(data: bytes, region: Region | None, preview: bool) -> dict[str, Any]:
        return drawn(service.search(data, region), preview)

    @app.post("/said", include_in_schema=False)
    async def said(request: Request) -> dict[str, str]:
        async with form(request, service.limits.max_bytes) as sent:
            photograph = Photograph(await image_of(sent), str(sent.get("name") or ""))
            region, person = region_of(str(sent.get("box") or "")), str(sent.get("person") or "")
        if region is None:
            raise Problem(400, "There is no field `box`: which face is meant?")
        service.check_bytes(photograph.data)
        told = await run_in_threadpool(say_who, site.collection, photograph, Box(*region), person)
        return {"said": told}

    @app.get("/faces/{item}", include_in_schema=False)
    def face(item: int) -> Response:
        index = service.index()
        if not 0 <= item < len(index):
            raise Problem(404, "The gallery has no such face.")
        picture = service.picture(index, item)
        if picture is None:
            return Response(NO_PICTURE, media_type="image/svg+xml")
        return Response(picture, media_type="image/jpeg")


def _people(site: Site) -> list[dict[str, str]]:
    return [{"id": one, "name": name} for one, name in site.collection.people().items()]
