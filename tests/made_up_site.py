"""The served application without a server, a gallery or a model: what passes the guard."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from visage.app.access import Address
from visage.app.collection import Collection
from visage.app.server import create
from visage.app.service import Service
from visage.app.settings import Limits
from visage.app.site import Site
from visage.config import load
from visage.errors import VisageError

TOKEN = "correct-horse-battery-staple"


class NoGallery:
    """A look-up without a gallery."""

    def index(self) -> Any:
        raise VisageError("There is no gallery yet: make it.")

    def search(self, *_: Any) -> Any:
        return self.index()


def client(
    folder: Path,
    limits: Limits | None = None,
    known: bool = True,
    lookup: Any = None,
    config: dict[str, Any] | None = None,
    comes_from: str = "127.0.0.1",
    **address: Any,
) -> TestClient:
    """Give a client of an empty site; `known`: it sends the token."""
    searched: Any = lookup or NoGallery()
    where = Address(token=TOKEN, **address)
    settings = {
        **{name: str(folder / name) for name in ("gallery", "queries", "results")},
        "labels": str(folder / "labels.tsv"),
        "shards": 1,
    }
    own = load(settings | (config or {}))
    site = Site(Service(searched, limits or Limits()), Collection(own, None), where)
    host = "localhost" if where.local else "faces.example"
    made = TestClient(
        create(site),
        base_url=f"http://{host}:7860",
        follow_redirects=False,
        client=(comes_from, 50_000),
    )
    if known:
        made.headers["Authorization"] = f"Bearer {TOKEN}"
    return made
