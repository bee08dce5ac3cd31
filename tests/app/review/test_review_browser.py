"""The review in a real browser, over the demo: by key, by finger, and the run that follows."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_browser import opened, serious
from conftest import Workflow
from long_names import LONG, sideways
from serving import Served, served
from visage.store.tables import read_table

expect = pytest.importorskip("playwright.sync_api").expect
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def reviewed(demo: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page over a copy of the demo in which a stranger seen twice has a name."""
    folder = tmp_path_factory.mktemp("reviewed") / "demo"
    shutil.copytree(demo.folder, folder, symlinks=True)
    (folder / "my.yaml").write_text("unknown: {min_faces: 2}\n")
    Workflow(folder).succeed("results/unknown.tsv", "--configfile", "my.yaml")
    with served(folder, "--configfile", "my.yaml", "--per-minute", "0") as page:
        yield page


@pytest.fixture(autouse=True)
def nothing_said(reviewed: Served) -> None:
    (reviewed.folder / "labels.tsv").unlink(missing_ok=True)


@pytest.fixture
def tab(browser: Any, reviewed: Served) -> Iterator[Any]:
    with opened(browser, reviewed, "review") as tab:
        yield tab


def labels(page: Served) -> list[tuple[str, str]]:
    path: Path = page.folder / "labels.tsv"
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [(row["say"], row["person"]) for row in csv.DictReader(file, delimiter="\t")]


def head(tab: Any) -> Any:
    return tab.locator("#item h1")


def test_by_key_and_taken_back(tab: Any, reviewed: Served) -> None:
    expect(head(tab)).to_contain_text("Is this")
    question, count = head(tab).inner_text(), tab.locator("#count").inner_text()
    assert count.startswith("1 of ")
    assert not serious(tab)
    tab.keyboard.press("n")
    expect(tab.locator("#said")).to_contain_text("Not ")
    assert [say for say, _ in labels(reviewed)] == ["not"]
    tab.keyboard.press("z")
    expect(tab.locator("#said")).to_have_text("Taken back.")
    assert labels(reviewed) == []
    expect(head(tab)).to_have_text(question)
    tab.keyboard.press("u")
    expect(tab.locator("#count")).not_to_have_text(count)
    tab.reload()
    expect(head(tab)).to_have_text(question)
    tab.keyboard.press("1")
    expect(tab.locator("#said")).to_contain_text(".")
    assert [say for say, _ in labels(reviewed)] == ["is"]
    # What is typed is no key.
    tab.keyboard.press("s")
    tab.keyboard.type("nynzu")
    expect(tab.locator("#item .say input")).to_have_value("nynzu")
    assert len(labels(reviewed)) == 1


def test_another_was_quicker(tab: Any, browser: Any, reviewed: Served) -> None:
    question = head(tab).inner_text()
    with opened(browser, reviewed, "review") as other:
        expect(head(other)).to_have_text(question)
        other.keyboard.press("y")
        expect(other.locator("#said")).to_contain_text(".")
    tab.keyboard.press("i")
    expect(tab.locator("#notice")).to_contain_text("Meanwhile somebody else said: is ")
    assert [say for say, _ in labels(reviewed)] == ["is"]


# What comes next is on its way for a second.
SLOW = """() => {
  const real = window.fetch, slow = address => String(address).includes("next?after");
  const later = () => new Promise(done => setTimeout(done, 1000));
  window.fetch = async (address, sent) => {
    if (slow(address)) await later();
    return real(address, sent);
  };
}"""


def test_what_was_slow_is_not_shown_over_what_was_said_next(tab: Any, reviewed: Served) -> None:
    expect(head(tab)).to_contain_text("Is this")
    question, count = head(tab).inner_text(), tab.locator("#count").inner_text()
    tab.evaluate(SLOW)
    for _ in range(2):  # the first next one has been fetched ahead; the second is slow
        tab.keyboard.press("n")
        expect(tab.locator("#said")).to_contain_text("Not ")
        tab.keyboard.press("z")
        expect(tab.locator("#said")).to_have_text("Taken back.")
        expect(head(tab)).to_have_text(question)
    tab.wait_for_timeout(1500)  # milliseconds, in which whatever was slow arrives
    expect(tab.locator("#count")).to_have_text(count)
    tab.keyboard.press("u")
    expect(tab.locator("#count")).not_to_have_text(count)
    assert labels(reviewed) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(browser: Any, reviewed: Served, scheme: Any) -> None:
    with opened(browser, reviewed, "review", color_scheme=scheme, **PHONE) as tab:
        expect(head(tab)).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert not serious(tab)
        sizes = [one.bounding_box() for one in tab.locator(".acts .act").all()]
        assert all(min(size["width"], size["height"]) >= 43.9 for size in sizes)
        tree = tab.locator("main").aria_snapshot()
        assert 'button "No"' in tree and 'img "The face in question"' in tree


@pytest.mark.parametrize("name", LONG)
def test_long_names_stick_out_of_nothing(browser: Any, reviewed: Served, name: str) -> None:
    def renamed(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        for candidate in (told["item"] or {}).get("candidates", ()):
            candidate["name"] = name
        route.fulfill(response=answer, json=told)

    with opened(browser, reviewed, "review", **PHONE) as tab:
        tab.route("**/review/next?*", renamed)
        tab.reload()
        expect(head(tab)).to_contain_text(name)
        assert not sideways(tab)
        tab.set_viewport_size({"width": 1440, "height": 900})
        assert not sideways(tab)


def test_a_cluster_is_named_and_counts_after_the_run(tab: Any, reviewed: Served) -> None:
    # The last of this module: after it, nobody is unknown.
    for _ in range(20):
        if tab.locator(".faces").count():
            break
        before = tab.locator("#count").inner_text()
        tab.keyboard.press("u")
        expect(tab.locator("#count")).not_to_have_text(before)
    expect(tab.locator(".faces button")).to_have_count(2)
    assert not serious(tab)
    struck = tab.locator(".faces button").last
    struck.click()
    expect(struck).to_have_attribute("aria-pressed", "true")
    struck.click()
    tab.get_by_label("Their name").fill("Joe Biden")
    tab.keyboard.press("Enter")
    expect(tab.locator("#said")).to_have_text("2 faces are Joe Biden.")
    assert labels(reviewed) == [("is", "Joe Biden")] * 2

    tab.get_by_role("button", name="Run it now").click()
    expect(tab.locator("#state")).to_have_text("Done: the results are new.", timeout=180_000)
    people = read_table(reviewed.folder / "results/gallery/faces.parquet", ["person"])["person"]
    assert people.to_pylist().count("Joe Biden") == 2
    unknown = (reviewed.folder / "results/unknown.tsv").read_text()
    assert len(unknown.splitlines()) == 1  # nothing but the columns
    tab.reload()
    expect(head(tab)).to_be_visible()
    assert not tab.locator(".faces").count()
