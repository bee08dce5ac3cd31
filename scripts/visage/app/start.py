"""The look-up page, served until it is interrupted."""

import logging

import uvicorn

from visage.app.server import create
from visage.app.service import Service
from visage.app.settings import Address, Limits
from visage.errors import VisageError
from visage.search.lookup import Lookup

log = logging.getLogger("app")


def serve(lookup: Lookup, address: Address, limits: Limits) -> None:
    """Serve the page over a gallery; `address` is checked already."""
    try:
        lookup.warm()
    except VisageError as error:
        log.warning("%s", error)  # the page says it, and works as soon as it is mended
    host = f"[{address.host}]" if ":" in address.host else address.host
    log.info("the page is at http://%s:%d/ (end it with Ctrl+C)", host, address.port)
    uvicorn.run(
        create(Service(lookup, limits), address),
        host=address.host,
        port=address.port,
        log_level="warning",
        access_log=False,  # it would keep tokens that stand in addresses
        server_header=False,
    )
    lookup.close()
