"""The section `page`."""

from typing import Annotated

from pydantic import Field

from visage.config.section import Section, text

IpAddress = Annotated[str, text("an IP address", r"^[0-9A-Fa-f.:]+$")]


class Page(Section):
    """Whom look-up and review (`visage page`) trust, besides who has the token."""

    proxy: IpAddress | None = Field(
        default=None,
        description="Address of a proxy in front of the page, such as `127.0.0.1`: from whom a "
        "request comes is what it says in X-Forwarded-For. Nobody else's word is believed.",
    )
