"""Which queries are copies of others, as `images.tsv` has it."""

import csv
from pathlib import Path

from visage.store.text import unguard


def read_originals(images: Path) -> dict[str, str]:
    """Give for each copy among the queries the image that counts in its place.

    Raises:
        FileNotFoundError: There is no images.tsv.
    """
    with images.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")  # of a million lines few are looked at closely
        head = next(rows)
        image, original = head.index("image"), head.index("original")
        return {unguard(row[image]): unguard(row[original]) for row in rows if row[original]}
