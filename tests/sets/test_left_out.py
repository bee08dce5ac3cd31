"""What was left out is counted and said by kind."""

from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.excludes import Excludes
from visage.sets.left_out import left_out
from visage.sets.listing import listing_record
from visage.sets.walk import walk


def test_every_kind_is_counted_and_said(tmp_path: Path) -> None:
    root, listing = tmp_path / "set", tmp_path / "listing.json"
    for name in (
        *("a/1.jpg", "a/._1.jpg", "a/.hidden", "a/@eaDir/1.jpg", "a/notes.txt", "a/2.jpg_original"),
        *("private/1.jpg", "private/2.jpg", "b/.nomedia", "b/1.jpg"),
        "a/1.vtt",  # not left out: it says where the tiles of a/1.jpg are
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    (root / "again").symlink_to("a")
    found = walk(str(root), Excludes(["private/*.jpg"]))
    listing.write_text(listing_record(found, denied=1))
    assert left_out([listing, tmp_path / "missing"]) == (
        "10 left out (2 names that begin with a dot, 2 by exclude: private/*.jpg, 1 *_original, "
        "1 .nomedia, 4 others)"
    )
    other = tmp_path / "other.json"
    other.write_text(listing.read_text())
    assert left_out([listing, other]).startswith("10 left out")  # both sets are one folder
    other.write_text(listing_record(found, denied=0))
    assert left_out([listing, other]).startswith("19 left out")
    assert left_out([]) == ""
    listing.write_text("{")
    with pytest.raises(VisageError, match="is damaged"):
        left_out([listing])
