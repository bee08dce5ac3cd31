"""Chromium, for the benchmarks of pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Start the machine's Chromium; None, and a line that says so, where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("in a browser: no Chromium is installed")
        yield None
        return
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()
