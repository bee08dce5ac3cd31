"""One page over the demo, and one browser, for all tests of the page; a plugin of pytest."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import Workflow
from serving import Listener, Served, served

PATIENCE = 30_000  # milliseconds


@contextmanager
def opened(browser: Any, site: Served, path: str = "", **settings: Any) -> Iterator[Any]:
    """Open a page; at the end, everything it asked for must have come from its own server."""
    from playwright.sync_api import expect

    context = browser.new_context(**settings)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    asked: list[str] = []
    faults: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "console", lambda said: faults.append(said.text) if "Content Security" in said.text else 0
    )
    tab.goto(site.entrance)
    if path:
        tab.goto(f"{site.url}/{path}")
    yield tab
    tab.unroute_all(behavior="wait")  # what a test changes in answers is not cut off
    outside = [url for url in asked if not url.startswith((site.url, "data:", "blob:"))]
    assert asked and not outside
    assert not faults
    context.close()


def serious(tab: Any) -> list[str]:
    """Give what axe finds serious about a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(tab).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.fixture(scope="session")
def proxy() -> Iterator[Listener]:
    """Where everything would go that the server asked of the outside."""
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture(scope="session")
def site(demo: Workflow, proxy: Listener) -> Iterator[Served]:
    kinds = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    everywhere = {name: proxy.url for kind in kinds for name in (kind, kind.lower())}
    limits = ("--max-mb", "1", "--per-minute", "0", "--origin", "http://localhost:9999")
    with served(demo.folder, *limits, **everywhere) as site:
        yield site


@pytest.fixture
def tab(browser: Any, site: Served) -> Iterator[Any]:
    """Give the look-up page, opened with its token."""
    with opened(browser, site) as tab:
        yield tab
