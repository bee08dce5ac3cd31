"""Everything that is served, put together."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from visage.app.access import Guard, Rate, paths
from visage.app.access.headers import SecurityHeaders
from visage.app.access.token import inner_path
from visage.app.clients.gradio import GradioClients
from visage.app.clients.routes import add_clients
from visage.app.forms import AROUND, LONGER
from visage.app.lookup.routes import add_lookup
from visage.app.problem import Problem, handle_problems
from visage.app.review.routes import add_review
from visage.app.runs import Runs
from visage.app.site import Site
from visage.app.templates import page
from visage.app.uploads import Uploads
from visage.resources import version

# The report brings its own policy; this one only keeps it out of other pages' frames.
REPORT_POLICY = {"Content-Security-Policy": "frame-ancestors 'none'; object-src 'none'"}


def create(site: Site, uploads: Uploads | None = None) -> FastAPI:
    """Give the application: pages, interfaces and their guard."""
    uploads = uploads or Uploads()
    # What a web framework spools to disk goes where the uploads are, and with them.
    tempfile.tempdir = str(uploads.folder)
    runs = Runs(site.collection.config)
    gradio = GradioClients(site.service, uploads, site.address)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await gradio.close()
        runs.stop()
        uploads.close()

    app = FastAPI(
        title="Visage-ML look-up",
        version=version(),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    handle_problems(app)
    add_lookup(app, site)
    add_review(app, site, runs)
    add_clients(app, site, uploads, runs)
    _add_documentation(app, site)
    _add_report(app, site)
    app.add_middleware(_Gradio, gradio=gradio)
    limits = site.service.limits
    app.add_middleware(
        Guard,
        address=site.address,
        rate=Rate(limits.per_minute),
        max_body=int(limits.max_bytes * LONGER) + AROUND,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(site.address.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
    )
    app.add_middleware(SecurityHeaders)
    if site.address.proxy:  # who comes by way of it is who it says
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=site.address.proxy)
    return app


class _Gradio:
    """ASGI middleware: Gradio answers what only its clients ask for."""

    def __init__(self, app: ASGIApp, gradio: GradioClients) -> None:
        self._app = app
        self._gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = scope["type"] != "http" or not paths.is_gradio(path := inner_path(scope))
        # Uploads are ours: Gradio's would stay on disk.
        answer = self._app if own or path.rstrip("/").endswith("/upload") else self._gradio
        await answer(scope, receive, send)


def _add_documentation(app: FastAPI, site: Site) -> None:
    """Describe the interfaces on a page that loads nothing from elsewhere, as FastAPI's would."""

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        values = {"here": "docs", "ways": site.ways(), "api": app.openapi()}
        return page("docs.html.j2", values)


def _add_report(app: FastAPI, site: Site) -> None:
    """Show the report, and what lies beside it."""
    results = site.collection.results

    @app.get("/report", include_in_schema=False)
    def report() -> FileResponse:
        if not results.report.is_file():
            raise Problem(404, f"There is no report yet: {results.report} is missing.")
        return FileResponse(results.report, headers=REPORT_POLICY)

    @app.get("/report/{name:path}", include_in_schema=False)
    def part(name: str) -> FileResponse:
        folder = results.report_folder.resolve()
        file = (folder / name).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            raise Problem(404, "There is no such page of the report.")
        return FileResponse(file, headers=REPORT_POLICY)
