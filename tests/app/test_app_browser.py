"""The page in a real browser: upload, paste, region, keyboard, and each message it can give."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Workflow
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from serving import Served, chromium, served
from visage.store.tables import Origin, read_table, write_table

pytestmark = pytest.mark.skipif(not chromium(), reason="no Chromium is installed")
PATIENCE = 30_000  # milliseconds


@pytest.fixture(scope="module")
def site(demo: Workflow) -> Iterator[Served]:
    limits = ["--max-mb", "2", "--max-megapixels", "10", "--per-minute", "0"]
    with served(demo.folder, *limits) as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    yield from opened(browser, site)


def opened(
    browser: Browser, site: Served, token: str | None = None, **settings: dict
) -> Iterator[Page]:
    """Open the page; at the end, everything it asked for must have come from its own server."""
    context = browser.new_context(**settings)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site.url)
    if token:
        page.get_by_label("Token").fill(token)
        page.get_by_role("button").click()
        page.wait_for_url(f"{site.url}/")
    expect(page.locator(".look-drop")).to_be_visible()
    yield page
    outside = [url for url in asked if not url.startswith((site.url, "data:", "blob:"))]
    assert asked and not outside
    assert not faults
    context.close()


def query(demo: Workflow, image: str) -> Path:
    return demo.folder / "resources/demo/queries" / image


def search(page: Page, photograph: Path) -> None:
    page.set_input_files(".look-drop input", photograph)


def test_everybody_in_a_photograph(page: Page, demo: Workflow) -> None:
    expect(page.locator(".look-gallery")).to_contain_text("3 people in 4 photographs")
    search(page, query(demo, "several/four-people.jpg"))
    expect(page.locator(".look-face h2")).to_have_text(
        ["1 Grace Hopper", "2 Barack Obama", "3 Eileen Collins", "4 Unknown"]
    )
    expect(page.locator(".look-box")).to_have_count(4)
    first = page.locator(".look-face").first
    for words in ("match", "Distance", "Probability", "grace-hopper"):
        expect(first).to_contain_text(words)
    picture = first.locator(".look-person img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("one => one.naturalWidth") > 50

    # Each box lies over its face: Hopper's is the leftmost and largest.
    boxes = [page.locator(".look-box").nth(i).bounding_box() for i in range(4)]
    assert all(boxes) and min(boxes, key=lambda b: b["x"]) is boxes[0]
    assert max(boxes, key=lambda b: b["width"]) is boxes[0]

    page.locator(".look-box").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".look-face").nth(2)).to_be_focused()


def test_a_region_searches_one_person(page: Page, demo: Workflow) -> None:
    search(page, query(demo, "several/four-people.jpg"))
    expect(page.locator(".look-box")).to_have_count(4)
    box = page.locator(".look-box").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] - 15, box["y"] - 15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + 20)
    page.mouse.move(box["x"] + box["width"] + 15, box["y"] + box["height"] + 15)
    page.mouse.up()
    expect(page.locator(".look-face h2")).to_have_text(["1 Barack Obama"])
    expect(page.locator(".look-region")).to_be_visible()

    page.get_by_role("button", name="Search the whole photograph").click()
    expect(page.locator(".look-box")).to_have_count(4)
    expect(page.locator(".look-region")).to_be_hidden()

    frame = page.locator(".look-stage").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 2, frame["y"] + frame["height"] - 30)
    page.mouse.down()
    page.mouse.move(frame["x"] + 42, frame["y"] + frame["height"] - 2)
    page.mouse.up()
    expect(page.locator(".look-notice")).to_contain_text("No face is centred in the region")


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_photograph_pasted_or_dropped(page: Page, demo: Workflow, way: str) -> None:
    data = base64.b64encode(query(demo, "known/portrait.jpg").read_bytes()).decode()
    page.evaluate(
        """([data, way]) => {
            const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "a.jpg", {type: "image/jpeg"}));
            const how = {bubbles: true, cancelable: true};
            if (way === "paste")
                document.dispatchEvent(new ClipboardEvent(way, {clipboardData: transfer, ...how}));
            else
                document.querySelector(".look-drop").dispatchEvent(
                    new DragEvent(way, {dataTransfer: transfer, ...how}));
        }""",
        [data, way],
    )
    expect(page.locator(".look-face h2")).to_have_text(["1 Barack Obama"])


def test_what_the_page_says_when_there_is_no_answer(
    page: Page, demo: Workflow, tmp_path: Path
) -> None:
    notice = page.locator(".look-notice")
    search(page, query(demo, "nobody/cat.png"))
    expect(notice).to_contain_text("No face was found in this photograph")

    (tmp_path / "a.jpg").write_text("a letter, not a photograph")
    search(page, tmp_path / "a.jpg")
    expect(notice).to_contain_text("not an image of a known format")

    (tmp_path / "b.jpg").write_bytes(bytes(2_500_000))
    search(page, tmp_path / "b.jpg")
    expect(notice).to_contain_text("too large: it has 2.5 MB")

    Image.new("L", (4000, 3000)).save(tmp_path / "c.png")
    search(page, tmp_path / "c.png")
    expect(notice).to_contain_text("4000 x 3000 pixels are more than the 10 megapixels")

    search(page, query(demo, "stranger/vice-president.jpg"))
    expect(page.locator(".look-message")).to_contain_text("Nobody in the gallery is near enough")
    expect(page.locator(".look-face h2")).to_have_text(["1 Unknown"])
    expect(notice).to_be_hidden()

    # A TIFF, which browsers do not show: the page shows what the server saw.
    small = Image.open(query(demo, "known/portrait.jpg"))
    small.thumbnail((600, 600))
    small.save(tmp_path / "d.tif")
    search(page, tmp_path / "d.tif")
    expect(page.locator(".look-face h2")).to_have_text(["1 Barack Obama"])
    assert page.locator(".look-stage img").evaluate("one => one.naturalWidth") > 100


def test_help_is_at_hand(page: Page) -> None:
    page.get_by_role("button", name="performers.checksum").click()
    expect(page.get_by_text("Look the name up in Stash")).to_be_visible()
    page.get_by_role("button", name="For other programs").click()
    with page.expect_popup() as opening:
        page.get_by_role("link", name="the page for programs").click()
    expect(opening.value.get_by_role("heading", name="/recognise")).to_be_visible()


def test_on_a_phone_in_the_dark(browser: Browser, site: Served, demo: Workflow) -> None:
    phone = {"viewport": {"width": 360, "height": 700}, "color_scheme": "dark"}
    for page in opened(browser, site, **phone):  # type: ignore[arg-type]
        search(page, query(demo, "several/four-people.jpg"))
        expect(page.locator(".look-face")).to_have_count(4)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360


def test_without_a_gallery_and_with_another_models(
    browser: Browser, demo: Workflow, tmp_path: Path
) -> None:
    shutil.copytree(demo.folder / "resources", tmp_path / "resources")
    token = "correct-horse-battery-staple"
    with served(tmp_path, "--per-minute", "3", VISAGE_TOKEN=token) as bare:
        for page in opened(browser, bare, token):
            notice = page.locator(".look-notice")
            expect(notice).to_contain_text("There is no gallery yet")
            expect(notice).to_contain_text("snakemake --cores 8")
            search(page, query(demo, "known/portrait.jpg"))
            expect(notice).to_contain_text("There is no gallery yet")

            faces = "results/gallery/faces.parquet"
            table = read_table(demo.folder / faces)
            write_table(tmp_path / faces, table, Origin("facenet512-retinaface", "0" * 32))
            search(page, query(demo, "known/portrait.jpg"))
            expect(notice).to_contain_text("made with the model facenet512-retinaface")

            search(page, query(demo, "known/portrait.jpg"))
            expect(notice).to_contain_text("made with the model")
            search(page, query(demo, "known/portrait.jpg"))
            expect(notice).to_contain_text("Too many requests")
            page.route("**/search", lambda route: route.abort())
            search(page, query(demo, "known/portrait.jpg"))
            expect(notice).to_contain_text("cannot reach its server")
