"""What stands before the page: who is let in, to which paths, how often, with how much."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from visage.app.access import paths
from visage.app.access.address import Address
from visage.app.access.body import limited
from visage.app.access.rate import Rate
from visage.app.access.token import Given, Way, given, inner_path, welcome, without_path_token
from visage.app.templates import page

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_STRANGER = "This gallery is not open to everybody."
_HOW = (
    "Send the token as 'Authorization: Bearer …', as ?token=… or in the path: /t/<token>/. The "
    "program that serves the page wrote it when it started."
)


class Guard:
    """ASGI middleware: what may pass, and how much of it."""

    def __init__(self, app: ASGIApp, address: Address, rate: Rate, max_body: int) -> None:
        """Guard `app`.

        Args:
            app: What is guarded.
            address: Who may come.
            rate: For requests that carry something, and for wrong tokens.
            max_body: Bytes.
        """
        self._app = app
        self._address = address
        self._rate = rate
        self._max_body = max_body
        # Cookies know no ports: two pages of one computer need two names.
        self._cookie = f"visage_token_{address.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no part of the page uses web sockets
            return
        scope, in_path = without_path_token(scope)
        refusal = self._refuse(scope, in_path)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        most = self._max_body
        large = error(413, f"This is too large: {most / 1e6:.0f} MB are the most that can be sent.")
        await limited(self._app, scope, receive, send, most, large)

    def _refuse(self, scope: Scope, in_path: Given | None) -> ASGIApp | None:
        path, method = inner_path(scope), scope["method"]
        if self._address.local and not self._address.proxy and _host(scope) not in _LOOPBACK:
            # So that no other site can let an address of its own point here and read along.
            return error(400, "This page answers to localhost and 127.0.0.1 only.")
        if paths.is_closed(path):
            return error(404, "There is nothing here.")
        if method == "OPTIONS":
            return None
        client = scope["client"][0] if scope["client"] else ""
        if method not in ("GET", "HEAD") and (wait := self._rate.wait(client)):
            return _too_many(wait, self._rate.per_minute)
        tokens = [in_path] if in_path else given(scope, self._cookie)
        right = next((one for one in tokens if one.opens(self._address.token)), None)
        if right is None:
            if self._address.open_search and paths.is_search(path) and not tokens:
                return None
            return self._stranger(scope, client, bool(tokens))
        if right.way in (Way.QUERY, Way.PATH) and _wants_page(scope):
            return welcome(scope, right.token, self._cookie)
        if paths.writes(method, path) and not self._may_write(scope, path, right.way):
            return error(403, "Only this page itself may change anything here.")
        return None

    def _stranger(self, scope: Scope, client: str, wrong: bool) -> ASGIApp:
        if wrong and self._rate.wait(client):
            return error(429, "Too many wrong tokens from this address: wait a minute.")
        message = "This token is wrong." if wrong else _STRANGER
        if _wants_page(scope):
            return login(message)
        return error(401, f"{message} {_HOW}")

    def _may_write(self, scope: Scope, path: str, way: Way) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None:
            # No browser's page: those name their origin whenever they send something.
            return way is not Way.COOKIE or headers.get("sec-fetch-site") == "same-origin"
        if urlsplit(origin).netloc == headers.get("host"):
            return True
        return path == paths.SYNC and way is Way.PATH and origin in self._address.origins


def login(message: str) -> HTMLResponse:
    """Give the page that asks for the token."""
    return page("login.html.j2", {"message": message}, status=401)


def error(status: int, text: str, headers: dict[str, str] | None = None) -> ASGIApp:
    """Give an error as all interfaces expect it; old clients read `performers` even then."""
    return JSONResponse({"detail": text, "performers": []}, status, headers)


def _too_many(wait: float, per_minute: int) -> ASGIApp:
    return error(
        429,
        f"Too many requests from this address: wait {wait:.0f} s. The limit is {per_minute} a "
        "minute.",
        {"Retry-After": str(int(wait) + 1)},
    )


def _wants_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


def _host(scope: Scope) -> str | None:
    try:
        return urlsplit("//" + Headers(scope=scope).get("host", "")).hostname
    except ValueError:
        return None
