"""Numbers in words."""

from datetime import UTC, datetime

from visage.pages.words import date, likely, listed, percent, plural, rate


def test_nothing_is_certain() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.42, 0.994, 0.995, 1.0)] == [
        *("<1\u202f%", "<1\u202f%", "42\u202f%", "99\u202f%", ">99\u202f%", ">99\u202f%")
    ]
    assert likely(1.0) == "more than 99\u202f% likely"
    assert likely(0.0) == "less than 1\u202f% likely"


def test_numbers_have_their_nouns() -> None:
    assert [plural(1, "face"), plural(1000, "face")] == ["1 face", "1,000 faces"]
    assert plural(2, "person", "people") == "2 people"
    assert [rate(0.1), rate(0.0163)] == ["10\u202f%", "1.6\u202f%"]


def test_lists_end_in_words() -> None:
    assert listed([]) == ""
    assert listed(["A"]) == "A"
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert listed(["A", "B", "C", "D", "E", "F"]) == "A, B, C and 3 more"


def test_dates_are_the_same_on_every_machine() -> None:
    assert date(datetime(2026, 2, 28, 23, 5, tzinfo=UTC)) == "28 February 2026, 23:05 UTC"
