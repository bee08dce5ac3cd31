"""The token that opens the page, and the ways in which it comes."""

import hmac
from dataclasses import dataclass
from enum import Enum, auto
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import Scope

PATH = "/t/"  # http://host:7860/t/<token>/…, for clients that can neither send a header nor a query


class Way(Enum):
    """How a token came."""

    NONE = auto()
    PATH = auto()  # /t/<token>/
    HEADER = auto()  # Authorization: Bearer …
    QUERY = auto()  # ?token=…
    COOKIE = auto()  # sent by the browser itself, whichever page asks


@dataclass(frozen=True)
class Given:
    """A token as it came with a request."""

    token: str
    way: Way

    def opens(self, token: str) -> bool:
        """Tell whether it is the right one, in a time that says nothing about how wrong it is."""
        return hmac.compare_digest(self.token.encode(), token.encode())


def without_path_token(scope: Scope) -> tuple[Scope, Given | None]:
    """Take the token out of a path /t/<token>/…; what lies behind sees it as its root."""
    path: str = scope["path"]
    if not path.startswith(PATH):
        return scope, None
    token, slash, rest = path.removeprefix(PATH).partition("/")
    # ASGI: `path` has the root in front.
    root = scope.get("root_path", "") + PATH + token
    changed = dict(scope, path=root + slash + rest if slash else root + "/", root_path=root)
    return changed, Given(token, Way.PATH)


def inner_path(scope: Scope) -> str:
    """Give the path as the routes know it, without the root."""
    return scope["path"].removeprefix(scope.get("root_path", "")) or "/"


def given(scope: Scope, cookie: str) -> list[Given]:
    """Give all tokens that came with a request, the surest way first."""
    headers = Headers(scope=scope)
    found = [
        Given(headers.get("authorization", "").removeprefix("Bearer ").strip(), Way.HEADER),
        Given(_query(scope).get("token", [""])[0], Way.QUERY),
        Given(_cookie(headers, cookie), Way.COOKIE),
    ]
    return [one for one in found if one.token]


def welcome(scope: Scope, token: str, cookie: str) -> RedirectResponse:
    """Take the token out of the address, into a cookie that no script can read."""
    rest = urlencode({k: v for k, v in _query(scope).items() if k != "token"}, doseq=True)
    target = "/" + inner_path(scope).lstrip("/\\") + (f"?{rest}" if rest else "")
    answer = RedirectResponse(target, 303)
    secure = scope.get("scheme") == "https"
    answer.set_cookie(cookie, token, httponly=True, samesite="strict", secure=secure)
    return answer


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"))


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
