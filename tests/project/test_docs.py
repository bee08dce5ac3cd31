"""The documentation's pictures tell of this Snakefile, and its links lead somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from conftest import REPO
from PIL import Image

PAGES = sorted([*REPO.glob("*.md"), *REPO.glob("docs/*.md")])


def load_make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", REPO / "docs" / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawing_names_every_rule_and_what_it_needs(tmp_path: Path) -> None:
    make = load_make()
    rules, needs = make.rule_graph(tmp_path)
    assert {"embed_shard", "build_report", "fetch_weights", "list_images"} <= rules
    drawn, arrows = make.drawn((REPO / "docs/workflow.svg").read_text(encoding="utf-8"))
    assert drawn == rules, "run make docs"
    for rule in rules:
        assert make.reachable(arrows, rule) == make.reachable(needs, rule), f"{rule}: run make docs"


def test_the_picture_of_the_report_is_small() -> None:
    path = REPO / "docs/report.png"
    assert path.stat().st_size < 400_000
    with Image.open(path) as image:
        assert image.size[0] == 1280


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith(("#", "mailto:")):
            continue
        assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: {target}"


def test_no_two_files_of_tests_have_one_name() -> None:
    """Pytest could not collect them: they are modules without a package."""
    names = [path.name for path in (REPO / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
