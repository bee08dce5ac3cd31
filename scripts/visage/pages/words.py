"""Numbers in words, as every page says them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

THIN = "\u202f"  # a narrow space that does not break
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def plural(number: int, singular: str, several: str | None = None) -> str:
    """Give a number with its noun: 1 face, 2 faces, 1,000 faces."""
    return f"{number:,} {singular if number == 1 else several or singular + 's'}"


def percent(probability: float) -> str:
    """Give a probability in per cent; never 0 % or 100 %, which no face can be."""
    if probability < 0.005:
        return f"<1{THIN}%"
    if probability >= 0.995:
        return f">99{THIN}%"
    return f"{100 * probability:.0f}{THIN}%"


def likely(probability: float) -> str:
    """Give a probability as people say it: more than 99 % likely."""
    said = percent(probability)
    return said.replace("<", "less than ").replace(">", "more than ") + " likely"


def rate(share: float) -> str:
    """Give a measured share in per cent with one decimal where it has one."""
    return f"{100 * share:.1f}".removesuffix(".0") + f"{THIN}%"


def date(moment: datetime) -> str:
    """Give a date for people, in the language of the page, whatever the machine's."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def listed(names: list[str], shown: int = 3) -> str:
    """Give names as a list in words: A, B and 3 more."""
    if len(names) <= shown + 1:
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"


FILTERS: dict[str, Callable[..., Any]] = {
    "plural": plural,
    "percent": percent,
    "likely": likely,
    "rate": rate,
    "date": date,
    "listed": listed,
}
