"""Where the page is served, and who may come."""

import ipaddress
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from visage.errors import VisageError

SHORTEST_TOKEN = 16  # characters


@dataclass(frozen=True)
class Address:
    """Where the page is served, and who may come. A token is asked of everybody."""

    host: str = "127.0.0.1"
    port: int = 7860
    token: str = field(default_factory=secrets.token_urlsafe)
    origins: tuple[str, ...] = ()  # web pages of other servers that may use the interfaces
    proxy: str | None = None  # the address whose X-Forwarded-For is believed
    open_search: bool = False  # searching, never writing, needs no token

    @property
    def local(self) -> bool:
        """Whether only this computer can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address of the page, without the token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def check(self) -> None:
        """Refuse a token that can be guessed.

        Raises:
            VisageError: It is too short, or holds what no address may.
        """
        if len(self.token) < SHORTEST_TOKEN:
            raise VisageError(
                f"The token has {len(self.token)} characters; take at least {SHORTEST_TOKEN}, so "
                "that it cannot be guessed. Without one the page makes its own."
            )
        if not self.token.isascii() or not self.token.replace("-", "").replace("_", "").isalnum():
            raise VisageError(
                "The token stands in addresses: it may hold letters, digits, - and _ only. Make "
                "one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
            )


def token_of(file: Path | None) -> str:
    """Give the token: the file's, that of the variable VISAGE_TOKEN, or a new one.

    Raises:
        VisageError: The file cannot be read.
    """
    if file is None:
        return os.environ.get("VISAGE_TOKEN") or secrets.token_urlsafe()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise VisageError(f"--token-file: {file} cannot be read: {error.strerror}.") from error
