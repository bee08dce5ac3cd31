"""What stands before the page: token, limits, and a door that opens to known paths only."""

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "visage_token"
# Nothing is loaded from elsewhere, whatever a package's page may ask for. Gradio's own scripts
# need the two "unsafe" words.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# What of Gradio is used; files by path, proxies, streams and the rest of it are not.
GRADIO = re.compile(
    r"/gradio_api/(info|openapi\.json|app_id|startup-events|theme\.css|upload|upload_progress"
    r"|queue/(join|data)|call/[^.]+|run/[^.]+|api/[^.]+|heartbeat/\w+|reset|cancel)/?"
)
_CLOSED = ("/gradio_api", "/monitoring", "/login", "/logout", "/custom_component", "/dev")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONG_LIVED = ("/assets/", "/static/", "/svelte/")

_LOGIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Look-up page</title>
<body style="font:1rem system-ui;max-width:30rem;margin:4rem auto;padding:0 1rem">
<h1>A token is needed</h1><p>{message}</p><form>
<label>Token <input name="token" type="password" autocomplete="current-password" required></label>
<button>Open the page</button></form></body></html>"""


@dataclass
class Bucket:
    """A token bucket: so many requests at once, and as many again in a minute."""

    level: float
    since: float


@dataclass
class Rate:
    """Requests a minute, counted for each client."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait(self, client: str) -> float:
        """Count a request; give the seconds the client has to wait, 0 for none."""
        if self.per_minute <= 0:
            return 0.0
        now, each = self.clock(), 60 / self.per_minute
        if len(self._buckets) > 10_000:
            self._buckets = {k: b for k, b in self._buckets.items() if now - b.since < 60}
        bucket = self._buckets.setdefault(client, Bucket(self.per_minute, now))
        bucket.level = min(self.per_minute, bucket.level + (now - bucket.since) / each)
        bucket.since = now
        if bucket.level < 1:
            return (1 - bucket.level) * each
        bucket.level -= 1
        return 0.0


class Guard:
    """ASGI middleware: what may pass, and how much of it."""

    def __init__(
        self, app: ASGIApp, token: str | None, rate: Rate, max_body: int, local: bool
    ) -> None:
        """Guard `app`.

        Args:
            app: What is guarded.
            token: Asked of every request; None: of none.
            rate: For requests that carry something.
            max_body: Bytes.
            local: Whether to answer to the names of this computer only, so that no other site can
                let an address of its own point here and read along.
        """
        self._app = app
        self._local = local
        self._token = token
        self._rate = rate
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no part of the page uses web sockets
            return
        answer = _with_headers(send, scope["path"])
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, answer)
            return
        await self._limited(scope, receive, answer)

    def _refuse(self, scope: Scope) -> ASGIApp | None:
        path = scope["path"]
        if self._local and _host(scope) not in _LOOPBACK:
            return _error(400, "This page answers to localhost and 127.0.0.1 only.")
        if path.startswith(_CLOSED) and not GRADIO.fullmatch(path):
            return _error(404, "There is nothing here.")
        if scope["method"] == "OPTIONS":
            return None
        client = scope["client"][0] if scope["client"] else ""
        if scope["method"] not in ("GET", "HEAD"):
            wait = self._rate.wait(client)
            if wait:
                return _error(
                    429,
                    f"Too many requests from this address: wait {wait:.0f} s. The limit is "
                    f"{self._rate.per_minute} a minute.",
                    {"Retry-After": str(int(wait) + 1)},
                )
        return self._refuse_stranger(scope, client) if self._token else None

    def _refuse_stranger(self, scope: Scope, client: str) -> ASGIApp | None:
        headers = Headers(scope=scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        asked = query.get("token", [""])[0]
        given = [asked, headers.get("authorization", "").removeprefix("Bearer "), _cookie(headers)]
        page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
        if any(hmac.compare_digest(self._token.encode(), one.encode()) for one in given if one):  # type: ignore[union-attr]
            return self._welcome(scope, query, asked) if page and asked else None
        if any(given) and self._rate.wait(client):
            return _error(429, "Too many wrong tokens from this address: wait a minute.")
        message = "This token is wrong." if any(given) else "This gallery is not open to everybody."
        if page:
            return HTMLResponse(_LOGIN.format(message=escape(message)), 401)
        return _error(401, f"{message} Send it as 'Authorization: Bearer …' or as ?token=….")

    @staticmethod
    def _welcome(scope: Scope, query: dict[str, list[str]], token: str) -> ASGIApp:
        """Take the token out of the address, into a cookie that no script can read."""
        rest = urlencode({k: v for k, v in query.items() if k != "token"}, doseq=True)
        target = scope["path"] + (f"?{rest}" if rest else "")
        answer = RedirectResponse("/" + target.lstrip("/"), 303)
        secure = scope.get("scheme") == "https"
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
        return answer

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        too_large = _error(
            413,
            f"This is too large: {self._max_body / 1e6:.0f} MB are the most that can be sent.",
        )
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > self._max_body:
            await too_large(scope, receive, send)
            return
        read, started = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_body:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLarge:
            if not started:
                await too_large(scope, receive, send)


class _TooLarge(Exception):
    """A body without a length turned out too long."""


def _host(scope: Scope) -> str | None:
    try:
        return urlsplit("//" + Headers(scope=scope).get("host", "")).hostname
    except ValueError:
        return None


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> ASGIApp:
    """Give an error as all interfaces expect it; old clients read `performers` even then."""
    return JSONResponse({"detail": text, "performers": []}, status, headers)


def _with_headers(send: Send, path: str) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if not path.startswith(_LONG_LIVED):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return wrapped
