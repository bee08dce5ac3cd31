"""What the log of a job has for the terminal: see `visage.workflow.job`, which writes it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) ", re.M)
_LAST = 10  # lines of a log that ends without a word


def records(log: Path) -> Iterator[tuple[str, str]]:
    """Give level and message of each record of a job's log."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    parts = _LINE.split(text)
    for level, message in zip(parts[1::2], parts[2::2], strict=True):
        yield level, message.strip()


def notices(log: Path) -> list[str]:
    """Give what a job had to tell the user."""
    return [message for level, message in records(log) if level == "NOTICE"]


def cause(rule: str, logs: Sequence[Path]) -> tuple[str, str]:
    """Say why a job failed, and where the rest stands; the same why makes one of several jobs."""
    for log in logs:
        found = [message for level, message in records(log) if level == "CRITICAL"]
        if found:
            return _without_traceback(found[-1]), f"(log: {log})"
    tails = [_tail(log) for log in logs if log.exists()]
    return (
        f"A job of {rule} ended without a word: it was killed, or memory ran out. Run the same "
        "command again, with fewer --cores if it was memory; what was embedded is kept."
        + "".join(tails)
    ), ""


def _without_traceback(message: str) -> str:
    """Leave out of an error that nobody foresaw all but what it says."""
    before, found, traceback = message.partition("Traceback (most recent call last)")
    return before + traceback.splitlines()[-1] if found else message


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST:]
    return "\n".join(["", f"(log: {log})", *(f"  {line}" for line in lines)])
