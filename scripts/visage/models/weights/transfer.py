"""Files over HTTPS: streamed, resumed, tried again."""

import errno
import logging
from itertools import chain
from pathlib import Path
from typing import TextIO

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)
from tqdm import tqdm

log = logging.getLogger(__name__)

ATTEMPTS = 5
FIRST_WAIT = 1.0  # seconds; doubled each time
LONGEST_WAIT = 20.0
TIMEOUT = httpx.Timeout(30.0, connect=15.0)  # seconds without a sign of the server

_WEB_PAGE = "the answer is a web page (HTML), not the file"
# Answers that may be different in a moment; all other errors of HTTP are final.
_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}


class SourceError(Exception):
    """Why one source did not give the file."""


class DiskFullError(Exception):
    """No room for the file; no other source can help."""


class _PassingError(SourceError):
    """A fault that may be gone at the next attempt."""


def download(url: str, part: Path, size: int, progress: TextIO | None = None) -> bool:
    """Bring the file `part` to `size` bytes from `url`.

    What `part` holds already is kept and the rest asked for, if the server can do that;
    otherwise the file begins anew. `part` stays after an error, for the next time.

    Args:
        url: Any HTTP address; redirections are followed.
        part: Its folder exists.
        size: Bytes of the whole file; an answer of another size is an error.
        progress: A terminal to show the progress on.

    Returns:
        Whether the bytes come from more than one answer, so that a wrong checksum may be due to
        pieces that do not belong together.

    Raises:
        SourceError: The address does not give the file; the message is the cause.
        DiskFullError: There is no room.
    """
    resumed = False

    def attempt() -> None:
        nonlocal resumed
        resumed = _attempt(client, url, part, size, progress) or resumed

    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT),
        retry=retry_if_exception_type(_PassingError),
        before_sleep=_announce,
        reraise=True,
    )
    # No compression on the way: a range is one of the file itself.
    headers = {"Accept-Encoding": "identity", "User-Agent": "visage-ml"}
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT, headers=headers) as client:
        retrying(attempt)
    return resumed


def _announce(state: RetryCallState) -> None:
    cause = state.outcome.exception() if state.outcome is not None else None
    log.warning("%s; attempt %d of %d follows", cause, state.attempt_number + 1, ATTEMPTS)


def _attempt(
    client: httpx.Client, url: str, part: Path, size: int, progress: TextIO | None
) -> bool:
    have = part.stat().st_size if part.exists() else 0
    if have == size:
        return True
    if have > size:
        part.unlink()
        have = 0
    try:
        headers = {"Range": f"bytes={have}-"} if have else {}
        with client.stream("GET", url, headers=headers) as response:
            start = _start(response, have, part)
            _save(response, part, start, size, progress)
    except httpx.TransportError as error:
        raise _PassingError(_explain(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(_explain(error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(str(part.parent)) from error
        raise
    return start > 0


def _explain(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return f"no connection ({error}): is there a network here, does it reach this address?"
    if isinstance(error, httpx.TimeoutException):
        return "the server fell silent"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return f"the connection was cut ({error})"
    return f"{type(error).__name__}: {error}"


def _start(response: httpx.Response, have: int, part: Path) -> int:
    """Give the byte at which the answer begins; refuse an answer that is not the file."""
    status = response.status_code
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
        part.unlink(missing_ok=True)
        raise _PassingError("the server could not go on from where the last download ended")
    if not response.is_success:
        kind = _PassingError if status in _PASSING_STATUS else SourceError
        raise kind(f"HTTP {status} {response.reason_phrase}")
    if "html" in response.headers.get("Content-Type", ""):
        raise SourceError(_WEB_PAGE)
    begin = f"bytes {have}-"
    if status == httpx.codes.PARTIAL_CONTENT and have:
        if response.headers.get("Content-Range", "").startswith(begin):
            return have
        part.unlink(missing_ok=True)
        raise _PassingError("the server sent another part of the file than was asked for")
    return 0


def _save(
    response: httpx.Response, part: Path, start: int, size: int, progress: TextIO | None
) -> None:
    # As they come in: chunks of a fixed size would be lost when the connection is cut inside one.
    chunks = response.iter_bytes()
    first = next(chunks, b"")
    if start == 0 and first.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceError(_WEB_PAGE)
    done = start
    with (
        part.open("ab" if start else "wb") as file,
        tqdm(
            desc=part.name.removesuffix(".part"),
            total=size,
            initial=start,
            unit="B",
            unit_scale=True,
            file=progress,
            disable=progress is None or not progress.isatty(),
        ) as bar,
    ):
        for chunk in chain([first], chunks):
            done += len(chunk)
            if done > size:
                part.unlink()
                raise SourceError(f"it sends more than the {size:,} bytes of the file")
            file.write(chunk)
            bar.update(len(chunk))
    if done < size:
        # Where a length was announced, httpx has compared it with what came.
        if "Content-Length" in response.headers:
            part.unlink()
            raise SourceError(f"the file there has {done:,} bytes, not {size:,}")
        raise _PassingError(f"the connection was cut after {done:,} of {size:,} bytes")
