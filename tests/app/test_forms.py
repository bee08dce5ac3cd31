"""What is sent to the page: images as text, and regions."""

import pytest
from visage.app.forms import from_base64, region_of
from visage.app.problem import Problem


@pytest.mark.parametrize("text", ["", "file:///etc/passwd", "http://a.example/", "ä", "a"])
def test_text_that_is_no_image(text: str) -> None:
    try:
        assert from_base64(text) == b""
    except Problem as problem:
        assert problem.status == 400


def test_regions() -> None:
    assert region_of("") is None
    assert region_of("1,2,3.5,4") == (1, 2, 3.5, 4)
    for wrong in ("1,2,3", "1,2,3,x", "1,2,0,4", "1,2,3,nan", "1,2,3,1e9"):
        with pytest.raises(Problem):
            region_of(wrong)
