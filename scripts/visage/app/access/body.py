"""Bodies that are too long, cut off where they become it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _TooLarge(Exception):
    """A body without a length turned out too long."""


async def limited(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, most: int, refusal: ASGIApp
) -> None:
    """Hand a request on; answer with `refusal` where its body has more than `most` bytes."""
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        await refusal(scope, receive, send)
        return
    read, started = 0, False

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise _TooLarge
        return message

    async def noted(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await app(scope, counted, noted)
    except _TooLarge:
        if not started:
            await refusal(scope, receive, send)
