"""The page, served until it is interrupted."""

import logging
import webbrowser

import uvicorn
from threadpoolctl import threadpool_limits

from visage import telemetry
from visage.app.access import Address
from visage.app.collection import Collection
from visage.app.server import create
from visage.app.service import Service
from visage.app.settings import Limits, make_lookup, names_of
from visage.app.site import Site
from visage.config import Config
from visage.errors import VisageError

log = logging.getLogger("app")


def serve(config: Config, address: Address, limits: Limits, browser: bool = False) -> None:
    """Serve the pages over the results of a config; `address` is checked already.

    Args:
        config: The workflow's.
        address: Where, and who may come.
        limits: What one request may ask for.
        browser: Whether to open the page in a browser.

    Raises:
        VisageError: The model or the names file does not exist.
    """
    telemetry.refuse()  # before any library that a search needs is imported
    lookup = make_lookup(config)
    try:
        lookup.warm()
    except VisageError as error:
        log.warning("%s", error)  # the page says it, and works as soon as it is mended
    # Several search at a time already. Threads of the matrix library would only wait, and take the
    # processor from the other search while they do: 40 ms of it for each at 100,000 faces.
    threadpool_limits(1, user_api="blas")
    site = Site(Service(lookup, limits), Collection(config, names_of(config)), address)
    opening = f"{address.url}?token={address.token}"
    log.info("the page is at %s (end it with Ctrl+C)", opening)
    if address.open_search:
        log.warning(
            "--open-search: whoever reaches %s can search this gallery without a token, and see "
            "its faces and names; nobody can write without it",
            address.url,
        )
    if browser:
        webbrowser.open(opening)
    uvicorn.run(
        create(site),
        host=address.host,
        port=address.port,
        log_level="warning",
        access_log=False,  # it would keep tokens that stand in addresses
        server_header=False,
        proxy_headers=False,  # `create` does it: for the proxy that was named, if one was
    )
    lookup.close()
