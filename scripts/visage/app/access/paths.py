"""Which paths there are for whom: searching, writing, Gradio's own, nothing."""

import re

# What of Gradio is used; files by path, proxies, streams and the rest of it are not.
GRADIO = re.compile(
    r"/config|/gradio_api/(info|openapi\.json|app_id|startup-events|upload|upload_progress"
    r"|queue/(join|data)|call/[^.]+|run/[^.]+|api/[^.]+|heartbeat/\w+|reset|cancel)/?"
)
_CLOSED = ("/gradio_api", "/monitoring", "/login", "/logout", "/custom_component", "/dev")
# What only looks: allowed without a token where searching is open to everybody.
_SEARCHES = re.compile(
    r"/health|/recognise|/confirm|/api/stash/status|/config|/gradio_api/.*|/faces/\d+"
)
_ASKS = re.compile(r"/search|/recognise|/confirm|/gradio_api/.*")
SYNC = "/api/stash/sync"


def is_gradio(path: str) -> bool:
    """Tell whether Gradio's part answers."""
    return GRADIO.fullmatch(path) is not None


def is_closed(path: str) -> bool:
    """Tell whether a path is Gradio's, and of no use here."""
    return path.startswith(_CLOSED) and not is_gradio(path)


def is_search(path: str) -> bool:
    """Tell whether a program that only searches asks for a path."""
    return _SEARCHES.fullmatch(path) is not None


def writes(method: str, path: str) -> bool:
    """Tell whether a request may change something: all but those that are known not to."""
    return method not in ("GET", "HEAD", "OPTIONS") and _ASKS.fullmatch(path) is None
