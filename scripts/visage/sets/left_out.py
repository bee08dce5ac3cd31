"""What of a set's folder was left out, for the last line of a run and for the report.

Snakemake's process imports this module, so it needs the standard library only.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from visage.errors import VisageError

_SHOWN = 4  # kinds that are told one by one


def left_out(listings: Iterable[Path]) -> str:
    """Say how many files were left out, and of what kinds; "" where there are none.

    Args:
        listings: What `visage.sets.listing.listing_record` gave for the sets; one that is not
            there says nothing.

    Raises:
        VisageError: One is damaged.
    """
    kinds: Counter[str] = Counter()
    there = {path.read_bytes(): path for path in listings if path.exists()}
    for path in there.values():  # where both sets are one folder, it is told of once
        kinds.update(dict(_kinds(path)))
    if not kinds:
        return ""
    shown = [f"{number:,} {kind}" for kind, number in kinds.most_common(_SHOWN)]
    further = kinds.total() - sum(number for _, number in kinds.most_common(_SHOWN))
    said = ", ".join([*shown, *([f"{further:,} others"] if further else [])])
    return f"{kinds.total():,} left out ({said})"


def _kinds(path: Path) -> Iterator[tuple[str, int]]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        yield from record["litter"].items()
        yield from ((f"by exclude: {kind}", n) for kind, n in record["excluded"].items())
        if record["denied"]:
            yield "denied", record["denied"]
        if record["other"]:
            yield "that are no pictures", record["other"]
        if record["again"]:
            yield "folders listed elsewhere", len(record["again"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VisageError(
            f"{path} is damaged ({error}). Delete it and run the workflow again."
        ) from error
