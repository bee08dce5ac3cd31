"""A GraphQL server asked patiently: not too often, and again where a fault may pass.

Stash-boxes and Stash itself speak it. What is sent is a query, its variables and the key.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from visage.errors import VisageError

log = logging.getLogger(__name__)

ATTEMPTS = 5
FIRST_WAIT = 1.0  # seconds; doubled each time
LONGEST_WAIT = 300.0  # whatever a server asks for
TIMEOUT = httpx.Timeout(30.0, connect=15.0)


class PassingFault(Exception):
    """A fault that may be gone at the next attempt; `wait` seconds if the server said so."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        """Keep both."""
        super().__init__(text)
        self.wait = wait


class Refused(Exception):
    """The server answered that it cannot: the texts of its errors."""


@dataclass(frozen=True)
class Server:
    """Whom to ask, and how to speak of it."""

    endpoint: str
    key: str
    variable: str  # environment variable that holds the key
    setting: str  # config key of the endpoint
    rule: str  # what to run again
    example: str  # of an endpoint


@dataclass
class GraphQL:
    """A server that is asked one thing at a time."""

    server: Server
    per_minute: float  # requests at most
    client: httpx.Client
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    asked: int = 0
    _next: float = field(default=0.0, repr=False)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Give the data of an answer.

        Raises:
            Refused: The server says that it cannot answer this.
            VisageError: It refuses the key, does not speak GraphQL, or cannot be reached after
                several attempts.
        """
        return self._patiently(self._ask, query, variables)

    def download(self, address: str) -> tuple[bytes, str]:
        """Give the bytes and the type of a file that lies on the same server.

        Raises:
            Refused: It lies elsewhere, where the key must not go, or there is none.
            VisageError: As `ask`.
        """
        here, there = urlsplit(self.server.endpoint), urlsplit(address)
        if (here.hostname, here.port) != (there.hostname, there.port):
            raise Refused(f"{address} lies on another server")
        return self._patiently(self._get, address)

    def _patiently(self, call: Callable[..., Any], *arguments: Any) -> Any:
        retrying = Retrying(
            sleep=self.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception_type(PassingFault),
            before_sleep=_announce,
            reraise=True,
        )
        try:
            return retrying(call, *arguments)
        except PassingFault as fault:
            raise VisageError(
                f"{self.server.endpoint} did not answer in {ATTEMPTS} attempts: {fault}. What it "
                f"answered before is kept; run {self.server.rule} again later to go on."
            ) from fault

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        response = self._send("POST", self.server.endpoint, json=body)
        if response.status_code != 200:
            raise VisageError(
                f"{self.server.endpoint} answers with HTTP {response.status_code}, not as "
                f"{self.server.example} does. Correct {self.server.setting}; it ends in /graphql."
            )
        return self._data(response)

    def _get(self, address: str) -> tuple[bytes, str]:
        response = self._send("GET", address)
        if response.status_code != 200:
            raise Refused(f"{address}: HTTP {response.status_code}")
        return response.content, response.headers.get("Content-Type", "").partition(";")[0]

    def _send(self, method: str, address: str, **more: Any) -> httpx.Response:
        self._keep_the_rate()
        self.asked += 1
        try:
            response = self.client.request(
                method, address, headers={"ApiKey": self.server.key}, timeout=TIMEOUT, **more
            )
        except httpx.TransportError as error:
            raise PassingFault(f"no answer ({type(error).__name__}: {error})") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise VisageError(f"{self.server.setting}: {address}: {error}") from error
        status = response.status_code
        if status in (401, 403):
            raise self._refused_key(f"HTTP {status}")
        if status == 429 or status >= 500:
            raise PassingFault(f"HTTP {status}", _retry_after(response))
        return response

    def _keep_the_rate(self) -> None:
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 60 / self.per_minute

    def _refused_key(self, why: str) -> VisageError:
        return VisageError(
            f"{self.server.endpoint} refuses the key ({why}). Set the environment variable "
            f"{self.server.variable} to the API key that your account's page there shows."
        )

    def _data(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body = response.json()
        except ValueError as error:
            raise PassingFault("the answer is not JSON") from error
        if not isinstance(body, dict):
            raise PassingFault("the answer is not an object")
        if errors := body.get("errors"):
            text = "; ".join(
                str(one.get("message", one)) if isinstance(one, dict) else str(one)
                for one in (errors if isinstance(errors, list) else [errors])
            )
            if "authori" in text.lower():
                raise self._refused_key(text)
            raise Refused(text)
        data = body.get("data")
        if not isinstance(data, dict):
            raise PassingFault("the answer has no data")
        return data


def _wait(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    asked_for = getattr(fault, "wait", None)
    backoff = FIRST_WAIT * 2 ** (state.attempt_number - 1)
    return min(LONGEST_WAIT, backoff if asked_for is None else asked_for)


def _announce(state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    log.warning("%s; attempt %d follows in %.0f s", fault, state.attempt_number + 1, wait)


def _retry_after(response: httpx.Response) -> float | None:
    """Read the header: seconds, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def check_server(server: Server, needs_key: bool = True) -> str:
    """Give the name of the machine that a server is on.

    Raises:
        VisageError: There is no endpoint or no key, or the key would travel unencrypted.
    """
    if not server.endpoint:
        raise VisageError(
            f"{server.setting}: none is given. Set it to the server's GraphQL address, as "
            f"{server.example}."
        )
    address = urlsplit(server.endpoint)
    host = address.hostname or ""
    if server.key and address.scheme != "https" and not _is_near(host):
        raise VisageError(
            f"{server.setting}: {server.endpoint} would send the API key unencrypted. Use https://."
        )
    if not server.key and needs_key:
        raise VisageError(
            f"There is no API key: set the environment variable {server.variable} to the one that "
            f"your account's page on {host} shows. It does not belong into a config file."
        )
    return host


def _is_near(host: str) -> bool:
    """Tell whether a machine is this one or stands in the same house."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan"))
