"""Which faces are to be looked at."""

import pytest
from visage.report.doubt import doubtful


@pytest.mark.parametrize(
    ("verdict", "probability", "distance", "expected"),
    [
        ("match", 0.99, 0.5, False),
        ("match", 0.6, 0.9, True),
        ("unknown", 0.2, 1.1, True),
        ("unknown", 0.01, 1.5, False),
        ("possible", None, 0.5, True),
        ("given", 0.1, 1.5, False),
        ("match", None, 0.5, False),
        ("match", None, 0.95, True),
        ("unknown", None, 1.05, True),
        ("unknown", None, 1.5, False),
    ],
)
def test_doubt_is_near_the_threshold_or_between_yes_and_no(
    verdict: str, probability: float | None, distance: float, expected: bool
) -> None:
    assert doubtful(verdict, probability, distance, threshold=1.0) is expected


def test_without_a_threshold_nothing_is_near_it() -> None:
    assert not doubtful("unknown", None, 1.0, None)
