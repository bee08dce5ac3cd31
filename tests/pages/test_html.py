"""The shared templates and style: escaped, strict, and legible in both themes."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from visage.pages import environment, policy, read
from visage.resources import PAGES

STYLE = (PAGES / "style.css").read_text(encoding="utf-8")
HOSTILE = "<script>alert(1)</script>"


def test_components_keep_markup_as_text() -> None:
    source = """{% import "components.html.j2" as c %}
    {{ c.who("#/x", name, "", 1) }}{{ c.verdict("match", name) }}{{ c.act(name, "y") }}
    {{ c.box((1, 2, 3, 4), "possible", name) }}{{ c.face("data:,", name) }}"""
    made = environment().from_string(source).render(name=HOSTILE)
    assert HOSTILE not in made
    assert made.count("&lt;script&gt;") == 6


def test_a_page_without_its_data_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().get_template("base.html.j2").render()


def test_a_policy_names_the_scripts_and_nothing_else() -> None:
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    said = dict(part.split(" ", 1) for part in policy(["one()"], connect_src="'self'").split("; "))
    assert said["default-src"] == "'none'"
    assert said["script-src"] == f"'sha256-{digest}'"
    assert said["connect-src"] == "'self'"


def test_what_would_end_its_element_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x = '</script>'")
    with pytest.raises(ValueError, match=r"a\.js"):
        read(tmp_path / "a.js")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


BLOCKS = [colours(block) for block in re.findall(r":root[^{]*\{([^}]*)\}", STYLE)]


def test_both_ways_to_dark_are_the_same() -> None:
    assert len(BLOCKS) == 3
    assert BLOCKS[1] == BLOCKS[2]
    assert BLOCKS[0].keys() == BLOCKS[1].keys()


@pytest.mark.parametrize("block", BLOCKS[:2], ids=["light", "dark"])
def test_text_is_legible_and_edges_are_seen(block: dict[str, str]) -> None:
    for ground in ("ground", "card", "sunk"):
        for text in ("ink", "quiet", "sure", "doubt", "none", "bad"):
            assert contrast(block[text], block[ground]) >= 4.5, (text, ground)
        assert contrast(block["edge"], block[ground]) >= 3, ground
    assert contrast(block["on"], block["sure"]) >= 4.5


def test_no_text_is_smaller_than_twelve_pixels() -> None:
    sizes = re.findall(
        r"(?:font-size: |font: \d+ |--(?:small|tiny|step-\d): )(\d*\.?\d+)rem", STYLE
    )
    assert sizes
    assert min(map(float, sizes)) >= 0.75
