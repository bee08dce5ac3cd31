"""`faces.regions`: several people in one image, and only those in a region count."""

from pathlib import Path

import pandas as pd
import pytest
from conftest import Workflow
from visage.errors import VisageError
from visage.sets.regions import outside, read_regions, unknown_images
from visage.store.tables import read_table

SEVERAL = "several/four-people.jpg"
HEADER = "image\tx\ty\tw\th\n"


def four_people(workflow: Workflow) -> pd.DataFrame:
    tables = sorted((workflow.folder / "results/queries/tables").glob("*.parquet"))
    rows = pd.concat([read_table(path).to_pandas() for path in tables])
    return rows[rows["image"] == SEVERAL]


def test_only_the_person_in_the_region_is_in_the_scores(demo_copy: Workflow) -> None:
    before = demo_copy.scores()
    people = set(before.loc[(before["Group"] == "several") & (before["Verdict"] == "match"), "ID"])
    assert len(people) >= 3
    faces = four_people(demo_copy)
    # Around one face, found by who it is; to the pixel, with a little to spare.
    matches = pd.concat(
        read_table(path).to_pandas()
        for path in (demo_copy.folder / "results/queries/matches").glob("*.parquet")
    )
    hit = matches[(matches["image"] == SEVERAL) & (matches["id"] == "grace-hopper")]
    number = hit.sort_values("distance")["face"].iloc[0]
    face = faces[faces["face"] == number].iloc[0]
    region = f"{face.x - 5:.0f}\t{face.y - 5:.0f}\t{face.w + 10:.0f}\t{face.h + 10:.0f}"
    file = demo_copy.folder / "regions.tsv"
    file.write_text(
        f"{HEADER}{SEVERAL}\t{region}\n"
        "known/portrait.jpg\t5000\t0\t10\t10\n"  # outside the image
        "several/four-peple.jpg\t0\t0\t10\t10\n"  # no such image
    )
    printed = demo_copy.succeed(
        "results/scores.tsv", "results/images.tsv", "--config", "faces={regions: regions.tsv}"
    )
    assert (
        "'several/four-peple.jpg' is in no set; did you mean 'several/four-people.jpg'?" in printed
    )
    assert "lies outside the image" in demo_copy.log("embed_shard")
    assert demo_copy.embedded() == 0  # the faces were known

    scores = demo_copy.scores()
    several = scores[scores["Group"] == "several"]
    assert set(several.loc[several["Verdict"] == "match", "ID"]) == {"grace-hopper"}
    status = four_people(demo_copy)["status"].value_counts().to_dict()
    assert status == {"ok": 1, "outside_region": 3}
    # Images that are not named keep all their faces.
    hidden = scores[(scores["Group"] == "hidden") & (scores["Verdict"] == "match")]
    assert set(hidden["ID"]) == {"barack-obama"}
    images = pd.read_csv(demo_copy.folder / "results/images.tsv", sep="\t").set_index("image")
    assert images.loc[SEVERAL, "faces"] == 1
    assert images.loc["known/portrait.jpg", "status"] == "outside_region"
    assert "lies outside the image (910 x 1137 pixels)" in str(
        images.loc["known/portrait.jpg", "reason"]
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("image\tx\ty\tw\n", "has no column h"),
        ("", "has no column image, x, y, w, h"),
        (HEADER + "a.jpg\t1\t2\t3\tfour\n", "line 2: could not convert"),
        (HEADER + "a.jpg\t1\t2\t3\n", "line 2"),
        (HEADER + "a.jpg\t1\t2\t0\t4\n", "line 2: w and h must be above 0"),
        (HEADER + "a.jpg\t1\tnan\t3\t4\n", "line 2"),
        (HEADER + "\t1\t2\t3\t4\n", "line 2: no image is named"),
        ("set\t" + HEADER + "galery\ta.jpg\t1\t2\t3\t4\n", "line 2: set is 'galery'"),
        (b"\xff\xfe\0", "cannot be read"),
    ],
)
def test_a_bad_file_is_told_before_any_job(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    path = tmp_path / "regions.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(VisageError) as caught:
        read_regions(path)
    assert words in str(caught.value)
    assert "faces.regions" in str(caught.value)
    assert "regions.tsv" in str(caught.value)


def test_lines_are_for_one_set_or_for_both(tmp_path: Path) -> None:
    path = tmp_path / "regions.tsv"
    path.write_text(
        "set\t" + HEADER + "gallery\ta.jpg\t1\t2\t3\t4\n\ta.jpg\t5\t6\t7\t8\n"
        "queries\tb/ü 1.jpg\t9\t9\t1.5\t1\n"
    )
    assert read_regions(path, "gallery") == {"a.jpg": [(1, 2, 3, 4), (5, 6, 7, 8)]}
    assert read_regions(path, "queries") == {"a.jpg": [(5, 6, 7, 8)], "b/ü 1.jpg": [(9, 9, 1.5, 1)]}
    assert len(read_regions(path)) == 2


def test_a_region_that_only_reaches_into_the_image_is_not_outside() -> None:
    reaching = [(-5.0, -5.0, 6.0, 6.0), (99.0, 49.0, 10.0, 10.0)]
    beyond = [(100.0, 0.0, 5.0, 5.0), (0.0, -5.0, 5.0, 5.0), (0.0, 50.0, 1.0, 1.0)]
    assert outside([*reaching, *beyond], 100, 50) == beyond


def test_of_many_unknown_images_the_first_are_named() -> None:
    lines = list(unknown_images({f"{n:02}.jpg": [] for n in range(20)}, ["a/b.jpg"]))
    assert len(lines) == 6
    assert lines[-1] == "and 15 more"
