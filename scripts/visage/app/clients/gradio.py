"""Gradio, loaded when a client first asks for it: it takes seconds, and most never do."""

import asyncio
import json
import logging
from contextlib import AsyncExitStack

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visage import telemetry
from visage.app.access import Address
from visage.app.service import Service
from visage.app.uploads import Uploads

log = logging.getLogger(__name__)

# The Stash plugin `visage` sends a picture and a number of results, and Gradio wants three inputs.
# It asks by name; npm's client fills the third up by itself (`visage.app.clients.blocks`).
TWO_INPUTS = ("image_search", "multiple_image_search")


class GradioClients:
    """ASGI application: Gradio's functions, made at the first request."""

    def __init__(self, service: Service, uploads: Uploads, address: Address) -> None:
        """Load nothing yet."""
        self._service = service
        self._uploads = uploads
        self._address = address
        self._app: ASGIApp | None = None
        self._lock = asyncio.Lock()
        self._running = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of Gradio's requests."""
        app = await self._loaded()
        if _function(scope) in TWO_INPUTS:
            scope, receive = await _three_inputs(scope, receive)
        await app(scope, receive, send)

    async def _loaded(self) -> ASGIApp:
        async with self._lock:
            if self._app is None:
                app = await run_in_threadpool(self._make)
                # Gradio starts its queue when the application around it starts.
                await self._running.enter_async_context(app.router.lifespan_context(app))
                self._app = app
        return self._app

    def _make(self) -> FastAPI:
        log.info("loading Gradio for a client")
        telemetry.refuse()  # before Gradio is imported
        import gradio as gr

        from visage.app.clients.blocks import build

        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        return gr.mount_gradio_app(
            app,
            build(self._service, self._uploads),
            "/",
            server_name=self._address.host,
            server_port=self._address.port,
            footer_links=[],
            run_history=False,
            max_file_size=self._service.limits.max_bytes,
            ssr_mode=False,
            mcp_server=False,
            enable_monitoring=False,
            pwa=False,
        )

    async def close(self) -> None:
        """End the queue."""
        await self._running.aclose()


def _function(scope: Scope) -> str:
    """Give the name of the function that is called, "" for other requests."""
    before, called, name = scope["path"].rpartition("/gradio_api/call/")
    return name.strip("/") if called and scope["method"] == "POST" else before and ""


async def _three_inputs(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """Add an empty third input, where two were sent."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        sent = json.loads(body)
        data = sent["data"]
    except (ValueError, KeyError, TypeError):
        data = None  # Gradio says what is wrong with it
    if isinstance(data, list) and len(data) == 2:
        body = json.dumps(sent | {"data": [*data, None]}).encode()
    length = (b"content-length", str(len(body)).encode())
    headers = [pair for pair in scope["headers"] if pair[0] != length[0]]
    sent_on = False

    async def again() -> Message:
        nonlocal sent_on
        if sent_on:
            return await receive()
        sent_on = True
        return {"type": "http.request", "body": body, "more_body": False}

    return dict(scope, headers=[*headers, length]), again
