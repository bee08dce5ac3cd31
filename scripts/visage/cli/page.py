"""`visage page`: the look-up page over a finished gallery."""

import logging
from pathlib import Path
from typing import Annotated

import typer


def run(
    configfile: Annotated[
        list[Path] | None, typer.Option(help="As given to snakemake; may be given again.")
    ] = None,
    results: Annotated[
        str | None, typer.Option(help="The results folder, where the config does not say it.")
    ] = None,
    host: Annotated[str, typer.Option(help="Other than this computer: needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="VISAGE_TOKEN",
            help="Asked of every visitor; keep it out of the list "
            "of processes with the variable or --token-file.",
        ),
    ] = None,
    token_file: Annotated[Path | None, typer.Option(help="The file that holds it.")] = None,
    origin: Annotated[
        list[str] | None, typer.Option(help="Web page that may use the interfaces.")
    ] = None,
    max_mb: Annotated[float, typer.Option(help="The largest image file, megabytes.")] = 20,
    max_megapixels: Annotated[float, typer.Option(help="The largest image.")] = 50,
    per_minute: Annotated[
        int, typer.Option(min=0, help="Requests for each address; 0: any number.")
    ] = 120,
) -> None:
    """Serve the look-up page until interrupted: who is in a photograph?"""
    from visage.app.settings import Address, Limits, make_lookup, read_config

    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    secret = _read(token_file) if token_file else token or None
    address = Address(host, port, secret, tuple(origin or ()))
    address.check()
    lookup = make_lookup(read_config(configfile or [], results))
    limits = Limits(int(max_mb * 1e6), int(max_megapixels * 1e6), per_minute)

    from visage.app.start import serve  # the web framework takes a second or two

    serve(lookup, address, limits)


def _read(token_file: Path) -> str:
    from visage.errors import VisageError

    try:
        return token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise VisageError(
            f"--token-file: {token_file} cannot be read: {error.strerror}."
        ) from error
