"""Start the look-up page: python -m visage.app --help."""

import argparse
import logging
import os
import sys
from pathlib import Path

log = logging.getLogger("app")


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m visage.app",
        description="Who is in a photograph? A page over a finished gallery.",
    )
    add = parser.add_argument
    add("--configfile", type=Path, action="append", default=[], help="as given to snakemake")
    add("--results", help="the results folder, where the config does not say it")
    add("--host", default="127.0.0.1", help="other than this computer: needs a token")
    add("--port", type=int, default=7860)
    add("--token", help="asked of every visitor; VISAGE_TOKEN or --token-file keep it more secret")
    add("--token-file", type=Path, help="file that holds it")
    add("--origin", action="append", default=[], help="web page that may use the interfaces")
    add("--max-mb", type=float, default=20, help="the largest image file, megabytes")
    add("--max-megapixels", type=float, default=50, help="the largest image")
    add("--per-minute", type=int, default=120, help="requests for each address; 0: any number")
    return parser.parse_args(words)


def main() -> None:
    """Serve until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    from visage.errors import VisageError

    try:
        serve(arguments())
    except VisageError as error:
        sys.exit(f"error: {error}")


def serve(options: argparse.Namespace) -> None:
    """Serve the page.

    Raises:
        VisageError: Something about the config or the address is wrong.
    """
    from visage.app.settings import Address, Limits, make_lookup, read_config
    from visage.errors import VisageError

    address = Address(options.host, options.port, _token(options), tuple(options.origin))
    address.check()
    lookup = make_lookup(read_config(options.configfile, options.results))
    limits = Limits(
        int(options.max_mb * 1e6), int(options.max_megapixels * 1e6), options.per_minute
    )
    import uvicorn

    from visage.app.server import create
    from visage.app.service import Service

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


def _token(options: argparse.Namespace) -> str | None:
    from visage.errors import VisageError

    file: Path | None = options.token_file
    if file is None:
        return options.token or os.environ.get("VISAGE_TOKEN") or None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise VisageError(f"--token-file: {file} cannot be read: {error.strerror}.") from error


if __name__ == "__main__":
    main()
