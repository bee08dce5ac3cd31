"""What other programs know about a shard, as statements."""

from pathlib import Path

import pyarrow as pa
import pytest
from people.importing.test_reading_xmp import DIGIKAM, HEAD, MICROSOFT, NAMES, TAIL
from PIL import Image
from visage.people.ids import Ids
from visage.people.imported import import_labels
from visage.people.labels import Statement, read_labels
from visage.people.people import People
from visage.sets.deny import DenyList
from visage.store.faces import FACES
from visage.store.names import Performer
from visage.store.tables import write_table
from visage.store.tsv import read_rows

BOX = {"x": 20.0, "y": 10.0, "w": 80.0, "h": 20.0}


class Shard:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[dict] = []

    def add(self, image: str, *parts: str, faces: int = 1) -> None:
        Image.new("RGB", (200, 100)).save(self.folder / image)
        packet = HEAD + "".join(parts) + TAIL
        (self.folder / f"{image}.xmp").write_text(packet, encoding="utf-8")
        row = {"image": image, "sha256": image[0] * 64, "width": 200, "height": 100}
        for number in range(faces):
            self.rows.append(row | {"status": "ok", "face": number} | BOX)
        if not faces:
            self.rows.append(row | {"status": "no_face"})

    def read(self, ids: Ids | None = None) -> tuple[list[Statement], list[str]]:
        table = self.folder / "0.parquet"
        write_table(table, pa.Table.from_pylist(self.rows, FACES))
        output, faults = self.folder / "labels.tsv", self.folder / "faults.tsv"
        ids = ids or Ids({}, People())
        import_labels(table, self.folder, ["xmp", "picasa"], ids, output, faults)
        labels = read_labels(output)
        assert not labels.problems
        return labels.statements, [row["detail"] for row in read_rows(faults)]


@pytest.fixture
def shard(tmp_path: Path) -> Shard:
    return Shard(tmp_path)


def test_regions_become_statements_with_their_source(shard: Shard) -> None:
    shard.add("a.jpg", DIGIKAM)
    shard.rows.append({"image": "bad.jpg", "status": "unreadable"})
    (statement,), faults = shard.read()
    assert statement.person == "Ann"
    assert (statement.sha256, statement.image, statement.source) == ("a" * 64, "a.jpg", "xmp")
    assert statement.box == pytest.approx(tuple(BOX.values()))
    assert not faults
    assert (shard.folder / "labels.tsv").stat().st_mode & 0o777 == 0o600


def test_a_name_without_a_region_is_taken_only_where_there_is_no_doubt(shard: Shard) -> None:
    alone = NAMES.replace("<rdf:li>Ann</rdf:li>", "")
    shard.add("a.jpg", alone)
    shard.add("b.jpg", alone, faces=2)
    shard.add("c.jpg", alone, faces=0)
    shard.add("d.jpg", NAMES)
    statements, faults = shard.read()
    assert [(one.image, one.person) for one in statements] == [("a.jpg", "Cleo & Co")]
    assert len(faults) == 3
    assert all("without saying where" in fault for fault in faults)


def test_names_become_ids_and_namesakes_are_told_of(shard: Shard) -> None:
    shard.add("a.jpg", DIGIKAM)
    names = {"0005": Performer("0005", "ANN"), "0006": Performer("0006", "Ann")}
    people = People({"0006": "0005"}, {})
    (statement,), _ = shard.read(Ids(names, people))
    assert statement.person == "0005"
    statements, (fault,) = shard.read(Ids(names, People()))
    assert not statements
    assert "several people are called 'Ann'" in fault


@pytest.mark.parametrize("denied", ["Ann", "0005"])
def test_the_denied_are_not_imported(shard: Shard, denied: str) -> None:
    shard.add("a.jpg", DIGIKAM, MICROSOFT)
    ids = Ids(
        {"0005": Performer("0005", "Ann")}, People(), DenyList(lines=[("person", denied, "")])
    )
    statements, faults = shard.read(ids)
    assert not statements
    assert not any("Ann" in fault for fault in faults)
