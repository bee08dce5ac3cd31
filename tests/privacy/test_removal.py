"""What is deleted beside the images, and what is not, being another program's."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image
from visage.config import Config, load
from visage.layout import Results
from visage.privacy.removal import delete_everything, kept_hashes, remove_beside
from visage.privacy.subject import Subject
from visage.sets.listing import Entry, Stat
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table

OURS = {
    "gallery/ann/a.jpg.vector": [0.5, -1.0],
    "queries/b.jpg.vector": [-0.25, 1.0],
    "queries/b.jpg.json": [{"id": "ann", "distance": 0.5, "hits": 1}],
    "queries/nobody.jpg.json": [],
}
STRANGERS = {
    "gallery/ann/a.jpg.json": '{"title": "a.jpg", "people": [{"name": "Ann"}]}',  # Google Takeout
    "gallery/ann/logo.vector": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gallery/ann/c.jpg.vector": "%!PS-Adobe-3.0",
    "queries/c.jpg.json": '{"title": "c.jpg"}',
    "queries/c.jpg.vector": "VCLMTF",
    "queries/c.vector": '{"layers": []}',
    "queries/d.jpg.json": '[{"title": "d.jpg"}]',
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)
    for name in (
        "gallery/ann/a",
        "gallery/ann/c",
        *(f"queries/{n}" for n in ["b", "nobody", "c", "d"]),
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 10)).save(f"{name}.jpg")
    for name, values in OURS.items():
        Path(name).write_text(json.dumps(values) + "\n")
    for name, text in STRANGERS.items():
        Path(name).write_text(text)
    return load({"gallery": "gallery", "queries": "queries", "names": None, "sidecars": "beside"})


def left() -> dict[str, str]:
    """Give the files beside the photographs."""
    files = (p for name in ("gallery", "queries") for p in Path(name).rglob("*") if p.is_file())
    return {str(path): path.read_text() for path in files if path.suffix != ".jpg"}


def test_deleting_leaves_strangers_files_beside_the_images(config: Config) -> None:
    delete_everything(config, [], Path("results/delete.log"))
    assert left() == STRANGERS
    assert len(list(Path().rglob("*.jpg"))) == 6


def test_forgetting_leaves_strangers_files_beside_the_images(config: Config) -> None:
    images = {("gallery", f"ann/{name}.jpg") for name in "ac"}
    images |= {("queries", f"{name}.jpg") for name in ("b", "nobody", "c", "d")}
    half = Path("gallery/ann/.visage-half")
    half.write_text("cut sh")
    assert remove_beside(config, Subject("ann", images)) == len(OURS) + 1
    assert left() == STRANGERS


def test_what_is_known_of_the_pages_that_remain_is_kept(tmp_path: Path) -> None:
    """Or they would be embedded anew."""
    images = ("a.tif", "a.tif#2", "a.tif#3", "b.tif", "b.tif#2")
    rows = [{"image": image, "sha256": f"of {image}"} for image in images]
    table = Results(tmp_path).queries.table(0)
    table.parent.mkdir(parents=True)
    write_table(table, pa.Table.from_pylist(rows, FACES), Origin("m", "f" * 32))
    listing = {"gallery": [], "queries": [Entry(name, Stat(1, 1)) for name in ("a.tif", "b.tif")]}
    page, file = (Subject(None, {("queries", name)}) for name in ("a.tif#2", "b.tif"))
    assert kept_hashes(tmp_path, page, listing) == {f"of {i}" for i in images if i != "a.tif#2"}
    assert kept_hashes(tmp_path, file, listing) == {f"of {i}" for i in images if i[0] == "a"}
