"""The look-up page in a real browser: ways in, region, keyboard, phone, and what it says."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from app_browser import opened, serious
from conftest import Workflow
from long_names import LONG, sideways
from PIL import Image
from serving import Served, served
from visage.store.tables import Origin, read_table, write_table

expect = pytest.importorskip("playwright.sync_api").expect
NAMES = ["1 Grace Hopper", "2 Barack Obama", "3 Nobody you know", "4 Eileen Collins"]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def query(demo: Workflow, image: str) -> Path:
    return demo.folder / "resources/demo/queries" / image


def search(tab: Any, *photographs: Path) -> None:
    tab.set_input_files("#files", photographs)


def heads(tab: Any) -> Any:
    return tab.locator(".person-face h2")


def test_everybody_in_a_photograph(tab: Any, demo: Workflow) -> None:
    expect(tab.locator("#gallery")).to_have_text("The gallery knows 3 people by 4 faces.")
    search(tab, query(demo, "several/four-people.jpg"))
    expect(heads(tab)).to_have_text(NAMES)
    expect(tab.locator("#busy")).to_have_text(
        "Grace Hopper, Barack Obama, Eileen Collins; 1 face is nobody you know."
    )
    first = tab.locator(".person-face").first
    expect(first).to_contain_text("match")
    first.get_by_text("Details").first.click()
    expect(first).to_contain_text("grace-hopper")

    # Each box lies over its face, in the order in which one reads; no label hides a face.
    boxes = [one.bounding_box() for one in tab.locator("#boxes .box").all()]
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    tags = [one.bounding_box() for one in tab.locator("#boxes .tag").all()]
    places = [*boxes, *tags]
    for number, tag in enumerate(tags):
        others = [one for one in places if one is not tag]
        assert not any(_overlap(tag, other) for other in others), number
    tab.locator("#boxes .box").nth(3).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(".person-face").nth(3)).to_be_focused()
    assert not serious(tab)


def _overlap(a: dict, b: dict) -> bool:
    across = a["x"] < b["x"] + b["width"] - 0.5 and b["x"] < a["x"] + a["width"] - 0.5
    down = a["y"] < b["y"] + b["height"] - 0.5 and b["y"] < a["y"] + a["height"] - 0.5
    return across and down


def test_a_region_by_mouse_and_by_keyboard(tab: Any, demo: Workflow) -> None:
    search(tab, query(demo, "several/four-people.jpg"))
    expect(heads(tab)).to_have_count(4)
    box = tab.locator("#boxes .box").nth(1).bounding_box()
    tab.mouse.move(box["x"] - 15, box["y"] - 15)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"], box["y"] + 20)
    tab.mouse.move(box["x"] + box["width"] + 15, box["y"] + box["height"] + 15)
    tab.mouse.up()
    expect(heads(tab)).to_have_text(["1 Barack Obama"])
    tab.get_by_role("button", name="The whole photograph").click()
    expect(heads(tab)).to_have_count(4)

    draw = tab.get_by_role("button", name="Draw around one head")
    draw.focus()
    tab.keyboard.press("Enter")
    region = tab.locator("#region")
    expect(region).to_be_focused()
    # From the middle to the woman in the orange suit, at the right.
    for key in [*["ArrowRight"] * 18, *["ArrowUp"] * 5]:
        tab.keyboard.press(key)
    tab.keyboard.press("Shift+ArrowDown")
    tab.keyboard.press("Enter")
    expect(heads(tab)).to_have_text(["1 Eileen Collins"])
    draw.click()
    tab.keyboard.press("Escape")
    expect(region).to_be_hidden()
    expect(draw).to_be_focused()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_photograph_that_lies_is_shown_upright_and_a_region_of_it_found(
    tab: Any, demo: Workflow, tmp_path: Path, turn: int
) -> None:
    photograph = tmp_path / "lies.jpg"
    with Image.open(query(demo, "several/four-people.jpg")) as upright:
        upright.rotate(turn, expand=True).save(photograph, quality=95)
    search(tab, photograph)
    expect(heads(tab)).to_have_text(NAMES)
    expect(tab.locator("#busy")).to_contain_text(f"turned by {turn}° to be upright")
    tab.wait_for_function(
        "(({src, complete, naturalWidth: width, naturalHeight: height}) => "
        "src.startsWith('data:') && complete && width > height)"
        "(document.getElementById('photograph'))"
    )
    box = tab.locator("#boxes .box").nth(1).bounding_box()
    tab.mouse.move(box["x"] - 10, box["y"] - 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] + 10, box["y"] + box["height"] + 10, steps=3)
    tab.mouse.up()
    expect(heads(tab)).to_have_text(["1 Barack Obama"])


def test_several_photographs_and_what_they_are_for_elsewhere(tab: Any, demo: Workflow) -> None:
    images = ["nobody/cat.png", "known/portrait.jpg", "stranger/vice-president.jpg"]
    search(tab, *[query(demo, image) for image in images])
    strip = tab.locator("#strip button")
    expect(strip).to_have_text(["no clear face", "Barack Obama", "unknown"])
    expect(tab.locator("#notice")).to_contain_text("No face")
    strip.nth(2).click()
    expect(heads(tab)).to_have_text(["1 Nobody you know"])
    expect(tab.locator("#notice")).to_be_hidden()
    strip.nth(1).click()
    expect(heads(tab)).to_have_text(["1 Barack Obama"])
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.get_by_role("button", name="Copy as JSON").click()
    expect(tab.locator("#copy-json")).to_have_text("Copied")
    rows = json.loads(tab.evaluate("navigator.clipboard.readText()"))
    assert [(row["photograph"], row["id"]) for row in rows] == [
        ("portrait.jpg", "barack-obama"),
        ("vice-president.jpg", ""),
    ]
    tab.get_by_role("button", name="Copy as CSV").click()
    expect(tab.locator("#copy-csv")).to_have_text("Copied")
    lines = tab.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0].startswith('"photograph","face","x"') and len(lines) == 3


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_photograph_pasted_or_dropped(tab: Any, demo: Workflow, way: str) -> None:
    data = base64.b64encode(query(demo, "known/portrait.jpg").read_bytes()).decode()
    tab.evaluate(
        """([data, way]) => {
            const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "a.jpg", {type: "image/jpeg"}));
            const how = {bubbles: true, cancelable: true};
            if (way === "paste")
                document.dispatchEvent(new ClipboardEvent(way, {clipboardData: transfer, ...how}));
            else
                document.querySelector("#drop").dispatchEvent(
                    new DragEvent(way, {dataTransfer: transfer, ...how}));
        }""",
        [data, way],
    )
    expect(heads(tab)).to_have_text(["1 Barack Obama"])


def test_what_the_page_says_when_there_is_no_answer(
    tab: Any, demo: Workflow, tmp_path: Path
) -> None:
    notice = tab.locator("#notice")
    (tmp_path / "a.jpg").write_text("a letter, not a photograph")
    search(tab, tmp_path / "a.jpg")
    expect(notice).to_contain_text("not an image of a known format")
    (tmp_path / "b.jpg").write_bytes(bytes(1_500_000))
    search(tab, tmp_path / "b.jpg")
    expect(notice).to_contain_text("too large: it has 1.5 MB")
    (tmp_path / "c.txt").write_text("no photograph")
    search(tab, tmp_path / "c.txt")
    expect(notice).to_contain_text("no photograph among these files")

    # A TIFF, which browsers do not show: the page shows what the server saw.
    small = Image.open(query(demo, "known/portrait.jpg"))
    small.thumbnail((600, 600))
    small.save(tmp_path / "d.tif")
    search(tab, tmp_path / "d.tif")
    expect(heads(tab)).to_have_text(["1 Barack Obama"])
    expect(tab.locator("#photograph")).to_have_js_property("complete", value=True)
    assert tab.locator("#photograph").evaluate("one => one.naturalWidth") > 100

    tab.route("**/search", lambda route: route.abort())
    search(tab, query(demo, "known/portrait.jpg"))
    expect(notice).to_contain_text("cannot reach its server")
    tab.unroute("**/search")
    tab.get_by_role("button", name="Try again").click()
    expect(notice).to_be_hidden()
    expect(heads(tab)).to_have_text(["1 Barack Obama"])


@pytest.mark.parametrize("name", LONG)
def test_long_names_stick_out_of_nothing(
    browser: Any, site: Served, demo: Workflow, name: str
) -> None:
    with opened(browser, site, **PHONE) as tab:
        rename(tab, name)
        search(tab, query(demo, "known/portrait.jpg"))
        expect(heads(tab)).to_have_text([f"1 {name}"])
        assert not sideways(tab)
        tab.set_viewport_size({"width": 1440, "height": 900})
        assert not sideways(tab)


def rename(tab: Any, name: str) -> None:
    """Have the server call the first person of an answer by another name."""
    tab.evaluate(
        """name => {
            const ask = window.fetch;
            window.fetch = async (...asked) => {
                const body = await (await ask(...asked)).json();
                body.faces[0].people[0].name = body.faces[0].people[0].id = name;
                return new Response(JSON.stringify(body));
            };
        }""",
        name,
    )


def test_names_that_are_markup_stay_text(tab: Any, demo: Workflow) -> None:
    evil = "<img src=x onerror=alert(1)>"
    rename(tab, evil)
    search(tab, query(demo, "known/portrait.jpg"))
    expect(heads(tab)).to_have_text([f"1 {evil}"])
    expect(tab.locator("#boxes .box")).to_have_attribute("aria-label", f"Face 1: {evil}")
    assert not tab.locator("img[src=x]").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(browser: Any, site: Served, demo: Workflow, scheme: Any) -> None:
    with opened(browser, site, color_scheme=scheme, **PHONE) as tab:
        search(tab, query(demo, "several/four-people.jpg"))
        expect(heads(tab)).to_have_count(4)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert not serious(tab)
        small = tab.evaluate(
            """() => [...document.querySelectorAll("#boxes .box")].map(box => {
                const size = getComputedStyle(box, "::before");
                return Math.min(parseFloat(size.width), parseFloat(size.height));
            })"""
        )
        assert min(small) >= 43.9
        # A finger scrolls, unless drawing is switched on; the photograph stays in view.
        touch = "getComputedStyle(document.getElementById('stage')).touchAction"
        assert tab.evaluate(touch) == "auto"
        tab.evaluate("window.scrollTo(0, 100000)")
        box = tab.locator("#stage").bounding_box()
        assert -2 <= box["y"] < 844
        tab.get_by_role("button", name="Draw around one head").tap()
        assert tab.evaluate(touch) == "none"


def test_in_words_for_a_screen_reader(tab: Any, demo: Workflow) -> None:
    search(tab, query(demo, "known/portrait.jpg"))
    expect(heads(tab)).to_have_count(1)
    tree = tab.locator("main").aria_snapshot()
    for words in (
        'heading "Who is in this photograph?"',
        "status: Barack Obama.",
        'button "Face 1: Barack Obama"',
        'heading "1 Barack Obama"',
        'img "Barack Obama in the gallery"',
        'combobox "Who is face 1?"',
    ):
        assert words in tree, tree


def test_without_a_gallery_and_with_another_models(
    browser: Any, demo: Workflow, tmp_path: Path
) -> None:
    shutil.copytree(demo.folder / "resources", tmp_path / "resources")
    with served(tmp_path, "--per-minute", "2") as bare, opened(browser, bare) as tab:
        notice = tab.locator("#notice")
        expect(notice).to_contain_text("There is no gallery yet")
        expect(notice).to_contain_text("snakemake --cores 8")
        search(tab, query(demo, "known/portrait.jpg"))
        expect(notice).to_contain_text("There is no gallery yet")
        faces = "results/gallery/faces.parquet"
        table = read_table(demo.folder / faces)
        write_table(tmp_path / faces, table, Origin("facenet512-retinaface", "0" * 32))
        tab.get_by_role("button", name="Try again").click()
        expect(notice).to_contain_text("made with the model facenet512-retinaface")
        tab.get_by_role("button", name="Try again").click()
        expect(notice).to_contain_text("Too many requests")
