"""The report in a real browser: filters, sorting, keys, comparison, pages of their own."""

from collections.abc import Iterator

import pytest
from made_up_run import COMPARED, HOSTILE, NOTHING, Made, make
from playwright.sync_api import Locator, Page, sync_playwright
from serving import CHROMIUM, chromium
from visage.report import render

pytestmark = pytest.mark.skipif(not chromium(), reason="no Chromium is installed")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("report"))


@pytest.fixture
def browser_page(made: Made) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        page = browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.goto(made.build().as_uri())
        yield page
        browser.close()
        assert not problems


def shown_cards(page: Page) -> list[str]:
    return page.locator("article.card:visible h3").all_text_contents()


def test_in_a_browser_filter_sort_keys_and_comparison(browser_page: Page) -> None:
    page = browser_page
    every = shown_cards(page)
    assert len(every) == len(COMPARED) + len(NOTHING)

    page.fill("#search", "HOLIDAY")
    assert shown_cards(page) == ["holiday/one.png", "holiday/two.jpg"]
    assert page.inner_text("#shown") == f"2 of {len(every)} photographs"
    page.keyboard.press("Escape")
    assert shown_cards(page) == every

    for verdict in ("match", "possible", "unknown"):
        page.locator(f"label.chip.{verdict}").click()
    assert sorted(shown_cards(page)) == sorted(NOTHING)
    assert page.locator("#score-table tbody tr:visible").count() == 0
    page.click("#clear")
    page.select_option("#group", label="work")
    assert len(shown_cards(page)) == 2
    page.click("#clear")

    head = page.locator("#score-table thead th", has_text="Best distance")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    best = column(page, head)
    assert best == sorted(best, reverse=True)
    head.locator("button").click()
    assert column(page, head) == sorted(best)
    assert len(best) == page.locator("#score-table tbody tr").count()

    page.locator("h1").click()
    for _ in range(2):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "q2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "q1"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"

    page.locator("ol.people button").first.click()
    assert page.inner_text("#compare-title") == HOSTILE
    facts = page.inner_text("#compare")
    assert "person-00/a.png" in facts
    assert ">99" in facts
    page.keyboard.press("Escape")
    page.locator("ol.people .more button").first.click()
    assert "person-01/c.png, distance 0.510" in page.inner_text("#compare")
    page.keyboard.press("Escape")

    page.emulate_media(color_scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before

    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_a_browser_pages_load_their_pictures(
    browser_page: Page, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own policy must not keep files from being shown; opened from a disk."""
    monkeypatch.setattr(render, "CARDS", 4)
    page = browser_page
    page.goto(made.build("paged.html", one_page=3).as_uri())
    page.fill("#search", "two")
    assert shown_cards(page) == ["holiday/two.jpg"]
    sizes = "[...document.images].filter(i => i.id === '' && i.checkVisibility()).map(shown)"
    shown = "i => i.decode().then(() => i.naturalWidth)"
    loaded = f"(() => {{ const shown = {shown}; return Promise.all({sizes}); }})()"
    assert page.evaluate(loaded) == [200]
    page.locator("article.tile:visible h3 a").click()
    assert page.url.endswith("/paged/1.html#q3")
    # The address changes before the picture is decoded.
    decoded = "i => i.decode().then(() => i.naturalWidth)"
    assert page.locator("#q3 .photo img").evaluate(decoded) == 200
    face = "getComputedStyle(document.querySelector('#q3 .people .pic')).backgroundImage"
    picture = page.evaluate(face).removeprefix('url("').removesuffix('")')
    load = "address => { const i = new Image(); i.src = address; return i.decode(); }"
    page.evaluate(load, picture)  # raises where it cannot be shown
    page.get_by_text("Overview").click()
    assert page.url.endswith("/paged.html")


def column(page: Page, head: Locator) -> list[float]:
    index = head.evaluate("head => head.cellIndex")
    return [
        float(text)
        for text in page.locator(
            f"#score-table tbody tr > :nth-child({index + 1})"
        ).all_text_contents()
    ]
