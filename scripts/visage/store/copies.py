"""Which queries are copies of others, as `images.tsv` has it."""

from pathlib import Path

from visage.store.tsv import read_rows


def read_originals(images: Path) -> dict[str, str]:
    """Give for each copy among the queries the image that counts in its place.

    Raises:
        FileNotFoundError: There is no images.tsv.
    """
    return {row["image"]: row["original"] for row in read_rows(images) if row["original"]}
