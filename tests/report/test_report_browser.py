"""The report in a real browser, opened from a disk: what people do, and what axe finds."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from long_names import LONG, sideways
from made_up_run import COMPARED, HOSTILE, NOTHING, ORIGIN, PEOPLE, Made, content_of, make
from playwright.sync_api import Browser, Locator, Page, expect
from visage.people.labels import Say, read_labels
from visage.store.arrow import texts
from visage.store.tables import read_table, write_table

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
VIEWS = ["photographs", "photographs?show=unknown", "people", "sure", "gallery", "made"]
EVERY = len(COMPARED) + len(NOTHING)

# What is asked of the page.
CERTAINTIES = """[...document.querySelectorAll('[data-view=person] .facetile .quiet')]
  .map(e => e.textContent)"""
LINKS = """[...document.querySelectorAll('a[href]')].filter(a => a.checkVisibility())
  .map(a => a.getAttribute('href'))"""
COLUMNS = """[...document.querySelectorAll('.grid')]
  .map(g => getComputedStyle(g).gridTemplateColumns.split(' ').length)"""
BUTTON_HEIGHTS = """[...document.querySelectorAll('.act')].filter(a => a.checkVisibility())
  .map(a => a.getBoundingClientRect().height)"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => e.checkVisibility() && !e.closest('script, style, svg, noscript'))
  .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
WIDTHS = """Promise.all([...document.images].filter(i => i.checkVisibility())
  .map(i => i.decode().then(() => i.naturalWidth)))"""
GROUND = "getComputedStyle(document.querySelector('.rail .face')).backgroundImage"
LOAD = "address => { const i = new Image(); i.src = address; return i.decode(); }"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def built(made: Made) -> Path:
    return made.build()


@pytest.fixture
def page(browser: Browser, built: Path) -> Iterator[Page]:
    yield from opened(browser, built)


def opened(browser: Browser, file: Path, address: str = "", size: str = "wide") -> Iterator[Page]:
    """Open a report; it must say nothing to the console and ask nobody but the disk."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.extend(outside(request.url)))
    page.on("console", lambda message: problems.extend(told(message.text)))
    page.goto(file.as_uri() + address)
    yield page
    context.close()
    assert not problems


def outside(url: str) -> list[str]:
    """Give an address that is not on the disk."""
    return [] if url.startswith(("file:", "data:", "blob:")) else [url]


def told(message: str) -> list[str]:
    """Give a message that is not about a photograph that is gone."""
    return [] if "ERR_FILE_NOT_FOUND" in message else [message]


def tiles(page: Page) -> list[str]:
    """Give the photographs that are shown, by their descriptions."""
    found = page.locator('[data-view="photographs"] .shot')
    return [tile.get_attribute("aria-label") or "" for tile in found.all()]


def two(page: Page) -> Locator:
    """Give the photograph with a known face, a stranger's and one that is too small."""
    return page.locator('.shot[aria-label^="holiday/two.jpg"]')


def at(page: Page, address: str) -> None:
    page.evaluate("address => { location.hash = address }", address)
    page.wait_for_function("address => location.hash === address", arg=address)


def test_filters_act_on_faces_and_stand_in_the_address(page: Page) -> None:
    assert len(tiles(page)) == EVERY
    page.fill("#search", "HOLIDAY")
    expect(page.locator("#shown")).to_have_text(f"2 of {EVERY} photographs")
    page.select_option("#show", "found")
    page.select_option("#sort", "sure")
    assert all(said.startswith("holiday/") for said in tiles(page))
    page.wait_for_function("location.hash === '#/photographs?show=found&q=HOLIDAY&sort=sure'")
    page.reload()
    expect(page.locator("#shown")).to_have_text(f"2 of {EVERY} photographs")
    assert page.input_value("#search") == "HOLIDAY"
    page.locator(".shot").first.click()
    expect(page.locator("#viewer")).to_be_visible()
    assert "q=HOLIDAY" in page.evaluate("location.hash")  # and the open photograph with it
    page.go_back()
    expect(page.locator("#viewer")).to_be_hidden()
    page.click("#clear")
    expect(page.locator("#shown")).to_have_text(f"{EVERY} of {EVERY} photographs")
    assert len(tiles(page)) == EVERY
    # One face must be all that is asked for: nobody doubtful is in an album of matches.
    at(page, "#/photographs?show=doubtful&as=photographs")
    assert [said.split(":")[0] for said in tiles(page)] == ["holiday/two.jpg"]
    assert page.locator(".box.lit").count() == 1
    at(page, "#/photographs?show=noface")
    assert len(tiles(page)) == 1


def test_names_that_are_markup_stay_text(page: Page) -> None:
    page.locator(".rail .who").first.click()
    expect(page.locator('[data-view="person"] h2')).to_have_text(HOSTILE)
    page.locator('[data-view="person"] .facetile').first.click()
    expect(page.locator("#viewer-title")).to_have_text(HOSTILE)
    assert (
        page.evaluate("document.querySelectorAll('main script, dialog script, [onerror]').length")
        == 0
    )


def test_a_person_has_a_page_with_the_outliers_first(page: Page) -> None:
    page.locator(".rail .who").first.click()
    part = page.locator('[data-view="person"]')
    expect(part.locator("p").first).to_have_text("3 faces in 3 photographs")
    assert part.locator(".facetile").count() == 4  # one more is not far from them
    order = page.evaluate(CERTAINTIES)
    assert order[-1] == "20\u202f% likely"


def test_one_photograph_by_keys(page: Page) -> None:
    page.locator(".shot").first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator(".where")).to_have_text(re.compile(rf"^1 of {EVERY} · gone\.jpg"))
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".where")).to_have_text(re.compile(rf"^2 of {EVERY} · broken\.jpg"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("#viewer-title")).to_have_text(HOSTILE)
    assert viewer.locator(".pair .face").count() >= 2
    page.keyboard.press("ArrowDown")
    expect(viewer.locator("#viewer-title")).to_have_text("Nobody you know")
    before = viewer.locator(".stage .shot").bounding_box()
    page.keyboard.press("+")
    after = viewer.locator(".stage .shot").bounding_box()
    assert before and after and after["width"] > 1.4 * before["width"]
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('shot')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_the_photograph_itself_is_shown_where_it_is(page: Page, made: Made) -> None:
    two(page).click()
    image = page.locator(".stage img")
    page.wait_for_function("document.querySelector('.stage img').src.startsWith('file:')")
    shown = Path(unquote((image.get_attribute("src") or "").split("/queries/")[1]))
    assert (made.folder / "queries" / shown).exists()


def test_answers_become_a_labels_file(browser: Browser, built: Path, tmp_path: Path) -> None:
    for page in opened(browser, built):
        page.on("dialog", lambda dialog: dialog.accept())
        hashes = {
            one["image"]: one.get("sha256", "") for one in content_of(parsed(built))["photographs"]
        }
        two(page).click()
        page.keyboard.press("y")
        expect(page.locator(".answer")).to_contain_text(HOSTILE)
        page.keyboard.press("z")
        page.keyboard.press("n")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("s")
        page.keyboard.type("=Somebody new")
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_contain_text("=Somebody new")
        page.keyboard.press("Escape")
        expect(page.locator("#decided")).to_contain_text("2 answers")
        page.reload()
        with page.expect_download() as download:
            page.click("#save")
        download.value.save_as(tmp_path / "labels.tsv")
        labels = read_labels(tmp_path / "labels.tsv")
        assert not labels.problems
        said = [(one.person, one.say, one.image, one.sha256) for one in labels.statements]
        image = "holiday/two.jpg"
        assert said == [
            ("person-00", Say.NOT, image, hashes[image]),
            ("=Somebody new", Say.IS, image, hashes[image]),
            ("person-00", Say.NOT, image, hashes[image]),
        ]
        assert labels.statements[0].box == (20, 30, 40, 50)
        page.click("#forget")
        expect(page.locator("#decided")).to_be_hidden()


def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_every_link_leads_where_it_says(page: Page) -> None:
    """Each link of each view is followed; its part must then be at the top, not far below."""
    seen: set[str] = set()
    for view in VIEWS:
        at(page, f"#/{view}")
        seen |= set(page.evaluate(LINKS))
    inside = sorted(link for link in seen if link.startswith("#/"))
    assert len(inside) > 10
    for link in inside:
        page.evaluate("scrollTo(0, 9e9)")
        at(page, link)
        state = page.evaluate("readAddress()")
        if state["photo"]:
            expect(page.locator("#viewer")).to_be_visible()
            assert page.evaluate("viewer.dataset.key") == state["photo"]
            page.keyboard.press("Escape")
            continue
        part = page.locator(f'[data-view="{state["view"]}"]')
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box and -1 <= box["y"] <= 400, link
    for link in seen - set(inside) - {"#main"}:
        assert link.startswith("https://people.example/"), link


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, built: Path, size: str, theme: str) -> None:
    for page in opened(browser, built, size=size):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        key = page.evaluate("content.photographs[2].key")
        for view in [*VIEWS, "person?person=person-00", f"photographs?photo={key}"]:
            at(page, f"#/{view}")
            found = Axe().run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
            )
            assert not found.response["violations"], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], view
            assert smallest(page) >= 12, view


@pytest.mark.parametrize("size", SIZES)
def test_long_names_stick_out_of_nothing(browser: Browser, made: Made, size: str) -> None:
    table = read_table(made.folder / "matches.parquet")
    names = [LONG[PEOPLE.index(person) % len(LONG)] for person in texts(table["id"])]
    named = table.set_column(table.column_names.index("name"), "name", pa.array(names))
    write_table(made.folder / "long.parquet", named, ORIGIN)
    report = made.build("long.html", matches=[made.folder / "long.parquet"])
    for page in opened(browser, report, size=size):
        assert page.locator("#rail-people .name").first.inner_text() in LONG
        key = page.evaluate("content.photographs.find(one => one.faces.length > 1).key")
        for view in [*VIEWS, "person?person=person-00", f"photographs?photo={key}"]:
            at(page, f"#/{view}")
            assert not sideways(page), view


def smallest(page: Page) -> float:
    """Give the size of the smallest text that is shown, pixels."""
    return page.evaluate(SMALLEST)


def test_a_phone_has_three_tiles_a_row_and_a_double_zoom_still_fits(
    browser: Browser, built: Path
) -> None:
    for page in opened(browser, built, size="phone"):
        rows = page.evaluate(COLUMNS)
        assert set(rows) == {3}
        at(page, "#/made")
        tab = page.locator(".tabs a[aria-current]").bounding_box()
        assert tab and 0 <= tab["x"] <= SIZES["phone"][0] - tab["width"]
        at(page, "#/photographs")
        acts = page.evaluate(BUTTON_HEIGHTS)
        assert min(acts) >= 44
        # A window of 1440 pixels at 200 %, and of 640: what is zoomed is laid out anew.
        for width in (720, 320):
            page.set_viewport_size({"width": width, "height": 500})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pictures_in_files_load(browser: Browser, made: Made) -> None:
    page_file = made.build("paged.html", one_page=3)
    for file in (page_file, page_file.with_suffix("") / "index.html"):
        for page in opened(browser, file):
            assert page.evaluate(WIDTHS) == [200] * 4  # one is gone, one was never read
            address = page.evaluate(GROUND).removeprefix('url("').removesuffix('")')
            assert address.startswith("file:")
            page.evaluate(LOAD, address)  # raises where it cannot be shown


def test_more_than_a_thousand_have_pages(browser: Browser, built: Path, tmp_path: Path) -> None:
    """The same page with many more photographs behind the scripts: only the data is another."""
    text = built.read_text(encoding="utf-8")
    start = text.index('<script type="application/json" id="content">') + 45
    end = text.index("</script>", start)
    first = text[start:end].replace(f'"total":{EVERY}', f'"total":{EVERY + 1200}')
    rest = f'<script type="application/json" id="rest">{{"photographs":[{",".join(copies())}]}}'
    grown = text.replace(text[start:end], first).replace("</body>", rest + "</script></body>")
    path = tmp_path / "many.html"
    path.write_text(grown, encoding="utf-8")
    for page in opened(browser, path, "#/photographs?q=copy"):
        assert len(tiles(page)) == 100
        page.get_by_role("link", name="Next").click()
        expect(page.locator("#pager")).to_contain_text("Page 2 of 12")
        assert page.evaluate("location.hash") == "#/photographs?q=copy&page=2"
        assert tiles(page)[0].startswith("copy/100.jpg")
        page.get_by_role("link", name="Previous").click()
        expect(page.locator("#pager")).to_contain_text("Page 1 of 12")
        assert page.evaluate("location.hash") == "#/photographs?q=copy"
    for page in opened(browser, path):  # the first page is drawn before the rest is there
        expect(page.locator("#shown")).to_have_text(
            f"{EVERY + 1200:,} of 1,206 photographs, page 1 of 13"
        )
        at(page, "#/photographs?page=13")
        assert [tile.partition(":")[0] for tile in tiles(page)] == [
            f"copy/{number}.jpg" for number in range(1200 - EVERY, 1200)
        ]


def copies() -> Iterator[str]:
    for number in range(1200):
        photograph = {"key": f"c{number}", "image": f"copy/{number}.jpg", "album": 0}
        yield json.dumps(photograph | {"file": "", "status": "no_face"})


def test_a_copy_to_give_away_lets_nobody_decide(browser: Browser, made: Made) -> None:
    for page in opened(browser, made.build("share.html", share=True)):
        two(page).click()
        expect(page.locator("#viewer-title")).to_have_text(HOSTILE)
        assert page.locator(".act[data-key]").count() == 0
        assert not (page.locator(".stage img").get_attribute("src") or "").startswith("file:")


def test_it_prints_without_what_is_only_for_the_screen(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".rail").is_hidden()
    assert page.locator("#filters").is_hidden()
    assert page.locator(".shot").first.is_visible()


def test_what_is_said_to_those_who_do_not_see(page: Page) -> None:
    """The photographs, by the tree that a screen reader reads out."""
    tree = page.locator('[data-view="photographs"]').aria_snapshot()
    assert "holiday/two.jpg" in tree
    assert "1 unknown face" in tree or "other face" in tree
    assert page.locator("h1").count() == 1
