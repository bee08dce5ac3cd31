"""A selection of the faces as CSV: `export_csv`."""

import logging
from collections.abc import Iterator
from pathlib import Path

from visage.config import Select
from visage.sets.deny import DenyList
from visage.status import Verdict
from visage.store.files import PRIVATE, replacing
from visage.store.tsv import format_row, read_rows

log = logging.getLogger(__name__)


def export_csv(faces: Path, select: Select, deny: DenyList, output: Path) -> int:
    """Write the rows of `faces.tsv` that are selected; give how many.

    Args:
        faces: The table, with its columns.
        select: The config's section.
        deny: Of whom nothing goes out.
        output: The CSV to write, its owner's alone.
    """
    count = 0
    with replacing(output, PRIVATE) as temporary, temporary.open("w", encoding="utf-8") as file:
        for row in _selected(faces, select, deny):
            if not count:
                file.write(format_row(row, ",") + "\n")
            file.write(format_row(row.values(), ",") + "\n")
            count += 1
    log.info("%d faces", count)
    return count


def _selected(faces: Path, select: Select, deny: DenyList) -> Iterator[dict[str, str]]:
    for row in read_rows(faces):
        given = row["Verdict"] == Verdict.GIVEN
        sure = given or float(row["Probability"] or 0) >= select.min_probability
        if (
            sure
            and (not select.people or row["ID"] in select.people)
            and (not select.groups or row["Group"] in select.groups)
            and (not select.verdicts or row["Verdict"] in select.verdicts)
            and not any(row[key] and deny.denies("person", row[key]) for key in ("ID", "Name"))
        ):
            yield row
