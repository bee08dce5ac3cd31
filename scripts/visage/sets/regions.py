"""The config's `faces.regions`: where in an image the faces that count are.

The Snakefile imports this module, so it needs the standard library only.
"""

import csv
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from visage.errors import VisageError
from visage.sets.listing import SETS
from visage.store.parts import file_of
from visage.store.paths import nfc

Region = tuple[float, float, float, float]  # x, y, w, h in pixels of the upright image
Regions = dict[str, list[Region]]  # image, in NFC → its regions

_COLUMNS = ("image", "x", "y", "w", "h")
_SHOWN = 5  # unknown images that are listed before the rest is only counted


def read_regions(path: Path, name: str | None = None) -> Regions:
    """Read a TSV with the columns image, x, y, w, h (pixels of the upright image), perhaps set.

    Args:
        path: The file.
        name: Only lines of this set, `gallery` or `queries`, and those that name none.

    Raises:
        VisageError: The file cannot be read, a column is missing, or a value is not a number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _regions(path, csv.DictReader(file, delimiter="\t"), name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VisageError(
            f"faces.regions: {path} cannot be read: {error}. It must be a TSV in UTF-8."
        ) from error


def _regions(path: Path, reader: csv.DictReader, name: str | None) -> Regions:
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise VisageError(
            f"faces.regions: {path} has no column {', '.join(missing)}. Its first line must name "
            "the columns image, x, y, w, h, separated by tabs."
        )
    regions: Regions = {}
    for row in reader:
        line = f"faces.regions: {path}, line {reader.line_num}"
        region = _region(line, row)
        only = row.get("set") or None
        if only not in (None, *SETS):
            raise VisageError(f"{line}: set is {only!r}; it must be gallery, queries or empty.")
        if name is None or only in (None, name):
            regions.setdefault(nfc(row["image"]), []).append(region)
    return regions


def _region(line: str, row: Mapping[str, str | None]) -> Region:
    if not row["image"]:
        raise VisageError(f"{line}: no image is named. Give its path below its set's folder.")
    try:
        x, y, w, h = (float(row[key] or "") for key in ("x", "y", "w", "h"))
    except ValueError as error:
        raise VisageError(f"{line}: {error}. Give x, y, w, h in pixels.") from error
    if not all(map(math.isfinite, (x, y, w, h))) or w <= 0 or h <= 0:
        raise VisageError(f"{line}: w and h must be above 0, and all four finite.")
    return x, y, w, h


def outside(regions: Sequence[Region], width: int, height: int) -> list[Region]:
    """Give the regions that have no pixel of an image of this size."""
    return [
        (x, y, w, h)
        for x, y, w, h in regions
        if x >= width or y >= height or x + w <= 0 or y + h <= 0
    ]


def unknown_images(regions: Regions, images: Collection[str]) -> Iterator[str]:
    """Say of each image that has regions and is in no set what it might have been meant to be."""
    known = {nfc(image) for image in images}
    unknown = sorted(image for image in regions if not {image, file_of(image)} & known)
    for image in unknown[:_SHOWN]:
        near = get_close_matches(image, images, n=1) if len(images) < 10_000 else []
        yield f"{image!r} is in no set{f'; did you mean {near[0]!r}?' if near else ''}"
    if len(unknown) > _SHOWN:
        yield f"and {len(unknown) - _SHOWN} more"
