"""Which face a statement is about, and what counts of several."""

import itertools

from visage.people.labels import Say, Statement
from visage.people.resolution import (
    Decision,
    KnownFace,
    Photograph,
    Resolution,
    Said,
    assign,
    resolve,
)
from visage.types import Box

SHA = "ab" * 32
FIRST, SECOND = Box(100, 100, 80, 100), Box(300, 100, 60, 80)
TINY = Box(500, 100, 10, 12)
PHOTOGRAPH = Photograph(
    "queries",
    "a.jpg",
    SHA,
    800,
    600,
    [KnownFace(0, FIRST, True), KnownFace(1, SECOND, True), KnownFace(2, TINY, False)],
)


def said(
    person: str = "ann",
    say: Say = Say.IS,
    box: Box | None = FIRST,
    date: str = "",
    own: bool = True,
    **others: str,
) -> Said:
    source = others.get("source", "review" if own else "xmp")
    statement = Statement(
        others.get("sha256", SHA), others.get("image", "a.jpg"), box, person, say, source, date
    )
    return Said(statement, own)


def resolved(*words: Said) -> Resolution:
    """Resolve in every order: it means nothing."""
    results = [resolve(PHOTOGRAPH, order) for order in itertools.permutations(words)]
    assert all(result == results[0] for result in results)
    return results[0]


def words(resolution: Resolution) -> list[tuple[int, str, str]]:
    return [(one.number, one.say.value, one.person) for one in resolution.decisions]


def test_boxes_of_other_programs_find_their_face() -> None:
    bigger = Box(80, 60, 130, 180)
    smaller = Box(315, 120, 25, 30)
    assert assign([bigger, smaller], PHOTOGRAPH.faces) == {bigger: 0, smaller: 1}
    assert assign([Box(100, 100, 260, 160)], PHOTOGRAPH.faces) == {}  # round both: neither
    assert words(resolved(said(box=None), said("bob", box=smaller))) == [
        (0, "is", "ann"),
        (1, "is", "bob"),
    ]


def test_a_region_without_a_face_or_with_an_unusable_one_is_to_be_made() -> None:
    elsewhere = Box(600, 300, 50, 50)
    found = resolved(
        said(box=elsewhere),
        said(box=Box(602, 301, 50, 50), own=False),
        said("bob", box=TINY),
        said("", Say.IGNORE, Box(20, 20, 30, 30)),
    )
    assert found.decisions == [
        Decision(2, TINY, Say.IS, "bob", "review", missing=True),
        Decision(3, elsewhere, Say.IS, "ann", "review", missing=True),
    ]
    assert not found.findings


def test_two_people_for_one_face_are_told_of_and_neither_counts() -> None:
    found = resolved(said("ann"), said("bob"))
    assert not found.decisions
    (finding,) = found.findings
    assert (finding.kind, finding.person, finding.other_person) == ("contradiction", "ann", "bob")
    assert "neither counts" in finding.detail


def test_the_later_word_and_ones_own_word_count() -> None:
    later = resolved(said("ann", date="2026-01-01"), said("bob", date="2026-01-02"))
    assert words(later) == [(0, "is", "bob")]
    assert "'bob' (review, 2026-01-02) and 'ann'" in later.findings[0].detail
    own = resolved(said("ann", own=False, date="2030-01-01"), said("bob"))
    assert words(own) == [(0, "is", "bob")]
    assert len(own.findings) == 1


def test_a_word_taken_back_is_no_contradiction() -> None:
    found = resolved(said("ann", date="1"), said("ann", Say.NOT, date="2"), said("bob", date="2"))
    assert words(found) == [(0, "is", "bob"), (0, "not", "ann")]
    assert not found.findings
    again = resolved(said("ann", Say.NOT, date="1"), said("ann", date="2"))
    assert words(again) == [(0, "is", "ann")]
    ignored = resolved(said("ann", date="1"), said("", Say.IGNORE, date="2"))
    assert words(ignored) == [(0, "ignore", "")]


def test_is_and_not_at_once_is_not() -> None:
    found = resolved(said("ann"), said("ann", Say.NOT))
    assert words(found) == [(0, "not", "ann")]
    assert "it is not" in found.findings[0].detail
    both = resolved(said("ann"), said("", Say.IGNORE))
    assert words(both) == [(0, "ignore", "")]
    assert "it is ignored" in both.findings[0].detail


def test_boxes_outside_and_pictures_without_a_face_are_told_of() -> None:
    found = resolved(said(box=Box(900, 0, 50, 50)))
    assert "outside the picture of 800 x 600" in found.findings[0].detail
    empty = Photograph("queries", "a.jpg", SHA, 800, 600, [])
    (finding,) = resolve(empty, [said(box=None)]).findings
    assert "no face" in finding.detail
