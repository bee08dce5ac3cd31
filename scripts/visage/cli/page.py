"""`visage page`: look-up and review over finished results."""

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from visage.errors import VisageError

# The extra `app` of pyproject.toml.
_PACKAGES = ("fastapi", "gradio", "starlette", "uvicorn")


def run(
    configfile: Annotated[
        list[Path] | None, typer.Option(help="As given to snakemake; may be given again.")
    ] = None,
    config: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE, as given to snakemake; may be given again.")
    ] = None,
    results: Annotated[
        str | None,
        typer.Option(help="The results folder; alone, the config is the one it was made with."),
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="The file that holds the token asked of every visitor. Without one, and without "
            "the variable VISAGE_TOKEN, a new one is made and stands in the address that is shown."
        ),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Web page of another server that may use the interfaces, as Stash's."),
    ] = None,
    open_search: Annotated[
        bool, typer.Option("--open-search", help="Searching, never writing, needs no token.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in a browser.")] = False,
    max_mb: Annotated[float, typer.Option(help="The largest image file, megabytes.")] = 20,
    max_megapixels: Annotated[float, typer.Option(help="The largest image.")] = 50,
    per_minute: Annotated[
        int, typer.Option(min=0, help="Requests for each address; 0: any number.")
    ] = 600,
) -> None:
    """Serve the look-up and the review until interrupted."""
    _require_packages()
    from visage.app.access.address import Address, token_of
    from visage.app.settings import Limits, read_config

    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = read_config(configfile or [], results, config or [])
    origins, proxy = tuple(origin or ()), settings.page.proxy
    address = Address(host, port, token_of(token_file), origins, proxy, open_search)
    address.check()
    limits = Limits(int(max_mb * 1e6), int(max_megapixels * 1e6), per_minute)

    from visage.app.start import serve  # the web framework takes a second or two

    serve(settings, address, limits, browser)


def _require_packages() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise VisageError(
            f"The page needs packages that are not here: {', '.join(missing)}. In a clone: make "
            "app; elsewhere: pip install 'path/to/clone[app]'"
        )
