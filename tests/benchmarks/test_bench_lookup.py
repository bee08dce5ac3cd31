"""benchmarks/lookup.py: run once, small."""

from benchmark import run
from conftest import Workflow


def test_look_up_and_review_are_measured(demo: Workflow) -> None:
    photograph = demo.folder / "resources/demo/queries/known/portrait.jpg"
    printed = run("lookup", "--faces", "200", "--searches", "3", "--photograph", photograph)
    for measured in ("first search", "two people at once", "the next face to review", "review: "):
        assert measured in printed
