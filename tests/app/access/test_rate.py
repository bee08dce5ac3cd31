"""Requests a minute, each client by itself."""

from visage.app.access.rate import Rate


def test_so_many_at_once_and_as_many_again_in_a_minute() -> None:
    now = 0.0
    rate = Rate(60, clock=lambda: now)
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") > 0 and rate.wait("b") == 0
    now = 1.0
    assert rate.wait("a") == 0 and rate.wait("a") > 0


def test_none_is_any_number() -> None:
    rate = Rate(0)
    assert [rate.wait("a") for _ in range(1000)] == [0.0] * 1000
