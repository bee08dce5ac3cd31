"""What programs ask for: the original's `/recognise`, and what the Stash plugin asks besides."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, Form, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from visage.app.clients import performers
from visage.app.forms import form, image_of
from visage.app.problem import Problem
from visage.app.runs import Runs
from visage.app.site import Site
from visage.app.uploads import TooManyUploads, Uploads

_IMAGE_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image"],
                    "properties": {
                        "image": {
                            "type": "string",
                            "format": "binary",
                            "description": "The photograph: a file, or its bytes in base64.",
                        }
                    },
                }
            }
        },
    }
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not an image"},
    401: {"description": "No token, or a wrong one"},
    409: {"description": "No face in the photograph"},
    413: {"description": "Too many bytes or pixels"},
    429: {"description": "Too many requests; `Retry-After` says how many seconds to wait"},
    503: {"description": "No gallery, or one of another model"},
}


def add_clients(app: FastAPI, site: Site, uploads: Uploads, runs: Runs) -> None:
    """Add the interfaces of programs; Gradio's own part is `visage.app.clients.gradio`."""
    service, config = site.service, site.collection.config

    @app.post("/recognise", openapi_extra=_IMAGE_FORM, responses=_ERRORS)
    async def recognise(
        request: Request,
        results: Annotated[int, Query(ge=1, le=performers.MOST, description="How many people")] = 3,
        known: Annotated[bool, Query(description="Leave out those judged unknown")] = False,
    ) -> dict[str, Any]:
        """Name the people nearest to the most prominent face of a photograph."""
        async with form(request, service.limits.max_bytes) as sent:
            data = await image_of(sent)
        return await run_in_threadpool(performers.recognised, service, data, results, known)

    @app.post("/confirm")
    def confirm(
        id: Annotated[str, Form(max_length=100)],  # noqa: ARG001 - the name clients send
        performer_id: Annotated[str, Form(max_length=1000)],  # noqa: ARG001
    ) -> dict[str, str]:
        """Take note that an answer was right. Nothing is kept; older clients send it."""
        return {"status": "not kept"}

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Tell whether the page can search, and how many faces there are."""
        try:
            faces, status = len(service.index()), "ready"
        except Problem as problem:
            faces, status = 0, str(problem)
        return {"status": status, "index_docs": faces, "models_loaded": status == "ready"}

    @app.get("/api/stash/status")
    def stash_status() -> dict[str, Any]:
        """Tell how many people of the gallery there are, and how many have a page elsewhere."""
        index = service.index()
        ids = index.people.ids
        made = site.collection.results.faces.stat().st_mtime
        return {
            "stash_url": config.stash.endpoint or config.stashbox.endpoint,
            "last_sync_at": datetime.fromtimestamp(made, UTC).isoformat(),
            "performer_count": len(ids),
            "linked_count": sum(bool(index.people.link(one)) for one in ids),
        }

    @app.post("/api/stash/sync", responses={409: {"description": "A run is at work"}})
    def stash_sync() -> dict[str, str]:
        """Bring the gallery up to date: with Stash, where it is taken from there, and labels.

        The performers are fetched where `stash.endpoint` says from whom and `gallery` is
        `stash.gallery`; then the workflow runs.
        """
        fetched = config.stash.endpoint and config.stash.gallery == config.gallery
        runs.start(*(["fetch_gallery"] if fetched else []))
        return {"event_id": uuid4().hex}

    @app.post("/gradio_api/upload", include_in_schema=False)
    async def upload(request: Request) -> list[str]:
        async with request.form(max_files=2, max_fields=1) as sent:
            files = [one for one in sent.multi_items() if isinstance(one[1], UploadFile)]
            contents = [await file.read() for _, file in files if isinstance(file, UploadFile)]
        for data in contents:
            service.check_bytes(data)
        try:
            return [uploads.add(data) for data in contents]
        except TooManyUploads as error:
            raise Problem(429, "Too many uploads wait to be searched: wait a minute.") from error
