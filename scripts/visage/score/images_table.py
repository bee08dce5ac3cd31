"""What became of each image: `images.tsv`."""

import logging
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from visage.score.copies import originals
from visage.search.neighbours import copy_limit
from visage.store.tables import read_table
from visage.store.tsv import write_tsv

log = logging.getLogger(__name__)


def tabulate(
    gallery: list[Path], queries: list[Path], output: Path, near: float = copy_limit(None)
) -> None:
    """Write one line for each image of both sets.

    Args:
        gallery: The gallery's faces tables.
        queries: The queries' faces tables.
        output: The TSV to write: set, image, label (person or group), status, reason, faces (how
            many were embedded), original (of a copy among the queries: the image that counts in
            its place); sorted by set and image.
        near: The distance up to which two faces are those of copies of one photograph.
    """
    parts = [_images(path, "gallery", "person") for path in gallery]
    parts += [_images(path, "queries", "group") for path in queries]
    frame = pd.concat(parts, ignore_index=True).sort_values(["set", "image"], kind="stable")
    found = {("queries", copy): first for copy, first in originals(queries, near).items()}
    places = zip(frame["set"], frame["image"], strict=True)
    frame["original"] = [found.get(place, "") for place in places]
    log.info("%s", Counter(zip(frame["set"], frame["status"], strict=True)))
    write_tsv(output, frame)


def _images(path: Path, name: str, label: str) -> pd.DataFrame:
    """Give the images of one shard; an image's status is ok if that of any of its faces is."""
    table = read_table(path, ["image", label, "status", "reason", "embedding"])
    embedded = pc.is_valid(table["embedding"])
    rows = table.drop_columns("embedding").to_pandas().astype("object")
    rows = rows.fillna("").rename(columns={label: "label"})
    rows["faces"] = embedded.to_numpy().astype("int64")
    rows["bad"] = rows["status"] != "ok"
    rows = rows.sort_values("bad", kind="stable")  # of the same status the first row counts
    images = rows.groupby("image", sort=False).agg(
        label=("label", "first"),
        status=("status", "first"),
        reason=("reason", "first"),
        faces=("faces", "sum"),
    )
    images = images.reset_index()
    images.insert(0, "set", name)
    return images
