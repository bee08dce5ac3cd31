"""The look-up gives what the workflow gives, whoever asks and however many at a time."""

import io
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from conftest import Workflow
from PIL import Image
from visage.app.settings import make_lookup, read_config
from visage.errors import VisageError
from visage.images.decode import ImageProblem
from visage.search.calibration import Calibration
from visage.search.gallery import Gallery
from visage.search.index import vectors_of
from visage.search.judge import Judge
from visage.search.lookup import Answer, Lookup, cut
from visage.sets.listing import as_path
from visage.store.arrow import equal
from visage.store.tables import Origin, read_origin, read_table, write_table
from visage.types import Box

COMPARED = ("face", "rank", "id", "hits", "nearest", "verdict")
SEVERAL = "several/four-people.jpg"


@pytest.fixture(scope="module")
def lookup(demo: Workflow) -> Iterator[Lookup]:
    yield from opened(demo.folder)


def opened(folder: Path) -> Iterator[Lookup]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        lookup = make_lookup(read_config([], None).replace(**absolute(folder)))
        yield lookup
        lookup.close()


def absolute(folder: Path) -> dict[str, str]:
    return {
        "results": str(folder / "results"),
        "gallery": str(folder / "resources/demo/gallery"),
        "queries": str(folder / "resources/demo/queries"),
    }


def photograph(demo: Workflow, image: str) -> bytes:
    return (demo.folder / "resources/demo/queries" / as_path(image)).read_bytes()


def rows(answer: Answer, lookup: Lookup) -> list[tuple]:
    index = lookup.index()
    return [
        (
            *(face, rank, c.id, c.hits, index.place(c.item)[0], c.verdict),
            *(c.probability, pytest.approx(c.distance)),
        )
        for face, found in enumerate(answer.faces)
        for rank, c in enumerate(found.candidates, start=1)
    ]


def test_it_agrees_with_the_workflow_on_every_query(demo: Workflow, lookup: Lookup) -> None:
    tables = sorted((demo.folder / "results/queries/matches").glob("*.parquet"))
    matches = pa.concat_tables([read_table(path) for path in tables]).to_pylist()
    assert len({row["image"] for row in matches}) >= 4
    for image in {row["image"] for row in matches}:
        expected = [
            tuple(r[key] for key in (*COMPARED, "probability", "distance"))
            for r in matches
            if r["image"] == image
        ]
        assert rows(lookup.search(photograph(demo, image)), lookup) == expected, image


def test_a_region_leaves_one_person(demo: Workflow, lookup: Lookup) -> None:
    data = photograph(demo, SEVERAL)
    everybody = lookup.search(data)
    assert len(everybody.searched) == 4 and everybody.anybody
    for wanted in everybody.faces:
        found = lookup.search(data, wanted.box).searched
        assert [face.box for face in found] == [wanted.box]
        assert [c.id for c in found[0].candidates] == [c.id for c in wanted.candidates]
    nowhere = lookup.search(data, (0, 0, 5, 5))
    assert not nowhere.searched and {f.status for f in nowhere.faces} == {"outside_region"}


def test_many_at_once_get_their_own_answers(demo: Workflow, lookup: Lookup) -> None:
    images = [SEVERAL, "known/portrait.jpg", "stranger/vice-president.jpg", "hidden/cut-left.jpg"]
    alone = {image: rows(lookup.search(photograph(demo, image)), lookup) for image in images}
    with ThreadPoolExecutor(8) as pool:
        asked = images * 6
        for image, answer in zip(
            asked, pool.map(lambda i: lookup.search(photograph(demo, i)), asked), strict=True
        ):
            assert rows(answer, lookup) == alone[image]


def test_what_is_no_photograph(lookup: Lookup) -> None:
    for data in (b"", b"not an image", b"\xff\xd8\xff" + bytes(100)):
        with pytest.raises(ImageProblem) as problem:
            lookup.search(data)
        assert problem.value.status == "unreadable"
    file = io.BytesIO()
    Image.new("L", (2000, 2000)).save(file, "PNG")
    with pytest.raises(ImageProblem) as problem:
        lookup.search(file.getvalue(), max_pixels=3_999_999)
    assert problem.value.status == "too_large"
    assert lookup.search(file.getvalue()).faces == []


def test_a_gallery_that_comes_and_changes(demo: Workflow, tmp_path: Path) -> None:
    shutil.copytree(demo.folder / "resources", tmp_path / "resources")
    for lookup in opened(tmp_path):
        with pytest.raises(VisageError, match=r"no gallery yet.*snakemake --cores 8"):
            lookup.index()
        source = demo.folder / "results/gallery/faces.parquet"
        table, origin = read_table(source), read_origin(source)

        write_table(lookup.faces, table, Origin("other", "0" * 32))
        with pytest.raises(VisageError, match="model other, and the config says sface-yunet"):
            lookup.index()
        write_table(lookup.faces, table, Origin(origin.model, "0" * 32))
        with pytest.raises(VisageError, match="another version of sface-yunet"):
            lookup.index()

        write_table(lookup.faces, table, origin)
        assert len(lookup.index()) == len(table)
        assert lookup.index() is lookup.index()
        obama = table.filter(equal(table["person"], "barack-obama"))
        write_table(lookup.faces, obama, origin)
        assert lookup.index().people.ids == ["barack-obama"]


def test_confidence_is_fifty_at_the_threshold(demo: Workflow, lookup: Lookup) -> None:
    index = lookup.index()
    assert index.threshold.value == pytest.approx(1.191)
    for face in lookup.search(photograph(demo, SEVERAL)).searched:
        for one in face.candidates:
            confidence = index.confidence(one)
            assert 0 <= confidence <= 100
            assert (confidence >= 50) == (one.verdict != "unknown")


def test_probabilities_once_they_are_calibrated(lookup: Lookup) -> None:
    known = Calibration(slope=-10.0, intercept=10.0)
    own = lookup.index()
    judge = Judge(own.threshold, known)
    index = Gallery(own.path, own.rows, own.ranking, own.search, judge, own.people)
    table = read_table(lookup.faces, ["person", "embedding"])
    people = index.identify(vectors_of(table))
    for person, candidates in zip(table["person"].to_pylist(), people, strict=True):
        likely = [one.probability or 0.0 for one in candidates]
        assert candidates[0].id == person and likely == sorted(likely, reverse=True)
        assert 0.9 < likely[0] < 1 and sum(likely) < 1
        assert index.confidence(candidates[0]) == round(100 * likely[0])


def test_a_cut_stays_inside_the_picture() -> None:
    pixels = np.arange(100 * 80 * 3, dtype=np.uint8).reshape(100, 80, 3)
    for box in [(10, 10, 20, 20), (-30, -30, 20, 20), (75, 95, 50, 50), (200, 200, 5, 5)]:
        part = cut(pixels, Box(*map(float, box)))
        assert part.shape[0] > 0 and part.shape[1] > 0
    assert cut(pixels, Box(10, 20, 30, 30), 0).tobytes() == pixels[20:50, 10:40].tobytes()
