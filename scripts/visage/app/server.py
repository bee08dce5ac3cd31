"""Everything that is served, put together."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from fastapi import FastAPI, Form, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from visage.app import answers, page
from visage.app.guard import Guard, Rate
from visage.app.service import Problem, Service, data_address, from_base64, jpeg
from visage.app.settings import Address
from visage.app.uploads import TooManyUploads, Uploads
from visage.embed.selection import Region
from visage.search.lookup import FoundFace

HERE = Path(__file__).parent / "pages"
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
# base64 is a third longer than what it stands for; and the form around it.
FORM = 1.34
PREVIEW = 1600  # pixels, longer side
CROP = 96  # likewise
LOOPBACK = r"https?://(localhost|127\.0\.0\.1)(:\d+)?"
NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 160"><rect width="160" height="160" '
    b'fill="#8883"/><g fill="#8888"><circle cx="80" cy="62" r="30"/><path d="M24 160c0-40 24-60 '
    b'56-60s56 20 56 60z"/></g></svg>'
)

DESCRIPTION = """Who is in a photograph, by the faces of one's own gallery.

**Errors** come with a sentence in `detail`: 400 not an image, 401 no token, 409 no face, 413 too
large, 429 too many requests (`Retry-After` in seconds), 503 no gallery, or one of another model.

**`UNIQUE constraint failed: performers.checksum`** is not an error of this program. Older versions
of Stash say so when a client adds a performer whose *name* exists already: look the name up in
Stash and give the existing performer this stash-box id instead of creating another one.
"""


def create(service: Service, address: Address, uploads: Uploads | None = None) -> FastAPI:
    """Give the application: page, interfaces and their guard."""
    uploads = uploads or Uploads()
    # What a web framework spools to disk goes where the uploads are, and with them.
    tempfile.tempdir = str(uploads.folder)
    limits = service.limits

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        uploads.close()

    app = FastAPI(
        title="Visage-ML look-up",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_problem)
    _add_page(app, service)
    _add_interfaces(app, service, uploads)
    _add_documentation(app)
    gr.mount_gradio_app(
        app,
        page.build(service, uploads),
        "/",
        server_name=address.host,
        server_port=address.port,
        theme=page.theme(),
        css=(HERE / "lookup.css").read_text(encoding="utf-8"),
        footer_links=[],
        run_history=False,
        max_file_size=limits.max_bytes,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(address.origins),
        allow_origin_regex=LOOPBACK if address.local else None,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
    )
    body = int(limits.max_bytes * FORM) + 100_000
    app.add_middleware(
        Guard,
        token=address.token,
        rate=Rate(limits.per_minute),
        max_body=body,
        local=address.local,
    )
    return app


async def _problem(_: Request, problem: Exception) -> JSONResponse:
    status = problem.status if isinstance(problem, Problem) else 500
    return JSONResponse({"detail": str(problem), "performers": []}, status)


async def _http_problem(_: Request, problem: Exception) -> JSONResponse:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    detail = problem.detail if isinstance(problem, HTTPException) else str(problem)
    return JSONResponse({"detail": detail, "performers": []}, status)


def _form(request: Request, service: Service) -> AbstractAsyncContextManager[FormData]:
    # Text fields are kept to 1 MB otherwise, and old clients send the image as text.
    most = int(service.limits.max_bytes * FORM)
    return request.form(max_files=1, max_fields=4, max_part_size=most)


async def _image(form: FormData) -> bytes:
    image = form.get("image")
    if isinstance(image, UploadFile):
        return await image.read()
    if not image:
        raise Problem(400, "There is no field `image` in the request: a file, or base64.")
    return from_base64(image)


def _add_page(app: FastAPI, service: Service) -> None:
    """Add what the page's own component asks for."""
    results = TEMPLATES.get_template("results.html")

    @app.get("/status", include_in_schema=False)
    def status() -> dict[str, Any]:
        limit = {"max_bytes": service.limits.max_bytes}
        try:
            index = service.index()
        except Problem as problem:
            return limit | {"problem": str(problem)}
        people, faces = len(index.people.ids), len(index)
        model = service.lookup.origin.model
        return limit | {"people": people, "faces": faces, "model": model}

    @app.post("/search", include_in_schema=False)
    async def search(request: Request) -> dict[str, Any]:
        async with _form(request, service) as form:
            data, region = await _image(form), _region(str(form.get("region") or ""))
            preview = bool(form.get("preview"))
        return await run_in_threadpool(found, data, region, preview)

    def found(data: bytes, region: Region | None, preview: bool) -> dict[str, Any]:
        answer, index = service.search(data, region), service.index()
        faces = [face for face in answer.faces if face.status != "outside_region"]
        crops = [data_address(jpeg(answer.picture(face), CROP)) for face in faces]
        html = results.render(faces=faces, crops=crops, answer=answer, index=index)
        boxes = [{**face.box._asdict(), "verdict": _verdict(face)} for face in faces]
        shown = data_address(jpeg(answer.pixels, PREVIEW)) if preview else None
        size = {"width": answer.width, "height": answer.height}
        return size | {"boxes": boxes, "html": html, "shown": shown}

    @app.get("/faces/{item}", include_in_schema=False)
    def face(item: int) -> Response:
        index = service.index()
        if not 0 <= item < len(index):
            raise Problem(404, "The gallery has no such face.")
        picture = service.picture(index, item)
        if picture is None:
            return Response(NO_PICTURE, media_type="image/svg+xml")
        return Response(picture, media_type="image/jpeg")


def _verdict(face: FoundFace) -> str:
    if face.status != "ok":
        return face.status
    return face.candidates[0].verdict if face.candidates else "unknown"


def _region(text: str) -> Region | None:
    if not text:
        return None
    try:
        x, y, w, h = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Problem(400, "A region is x,y,w,h in pixels.") from error
    if not (w > 0 and h > 0 and all(abs(side) < 1e6 for side in (x, y, w, h))):
        raise Problem(400, "A region is x,y,w,h in pixels, w and h above 0.")
    return x, y, w, h


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


def _add_interfaces(app: FastAPI, service: Service, uploads: Uploads) -> None:
    """Add what programs ask for."""

    @app.post("/recognise", openapi_extra=_IMAGE_FORM, responses=_ERRORS)
    async def recognise(
        request: Request,
        results: Annotated[int, Query(ge=1, le=answers.MOST, description="How many people")] = 3,
        known: Annotated[bool, Query(description="Leave out those judged unknown")] = False,
    ) -> dict[str, Any]:
        """Name the people nearest to the most prominent face of a photograph."""
        async with _form(request, service) as form:
            data = await _image(form)
        return await run_in_threadpool(answers.recognised, service, data, results, known)

    @app.post("/confirm")
    def confirm(
        id: Annotated[str, Form(max_length=100)],  # noqa: ARG001 - the name clients send
        performer_id: Annotated[str, Form(max_length=1000)],  # noqa: ARG001
    ) -> dict[str, str]:
        """Take note that an answer was right. Nothing is kept; older clients send it."""
        return {"status": "not kept"}

    @app.post("/gradio_api/upload", include_in_schema=False)
    async def upload(request: Request) -> list[str]:
        async with request.form(max_files=1, max_fields=1) as form:
            files = [file for file in form.values() if isinstance(file, UploadFile)]
            contents = [await file.read() for file in files]
        for data in contents:
            service.check_bytes(data)
        try:
            return [uploads.add(data) for data in contents]
        except TooManyUploads as error:
            raise Problem(429, "Too many uploads wait to be searched: wait a minute.") from error


def _add_documentation(app: FastAPI) -> None:
    """Describe the interfaces on a page that loads nothing from elsewhere, as FastAPI's would."""

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> str:
        return TEMPLATES.get_template("docs.html").render(api=app.openapi())
