"""Sidecars written, renewed and taken back; and what goes out at all."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from people.importing.test_reading_xmp import DIGIKAM, HEAD, TAIL
from PIL import Image
from visage.config import Select
from visage.export.faces import NamedFace, named_faces
from visage.export.selection import export_csv
from visage.export.xmp import Places, export_xmp
from visage.people.importing.base import Fault, Found, Picture
from visage.people.importing.xmp import XmpImporter
from visage.people.xmp import parse_packet
from visage.score.faces_table import COLUMNS
from visage.sets.deny import DenyList
from visage.sets.notes import notes as notes_of
from visage.sets.notes import read_written
from visage.store.faces import FACES
from visage.store.files import write_text
from visage.store.labelled import LABELLED
from visage.store.matches import MATCHES
from visage.store.tables import write_table
from visage.store.tsv import write_rows
from visage.types import Box


def named(image: str, person: str, box: tuple, verdict: str = "match") -> NamedFace:
    return NamedFace(image, "", 0, Box(*box), 200, 100, person, person.title(), verdict, 0.9)


ANN = named("a.jpg", "ann", (150, 10, 60, 40))  # reaches over the edge


class Case:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = folder / "photos"
        self.photos.mkdir()
        for name in ("a.jpg", "b.jpg"):
            Image.new("RGB", (200, 100)).save(self.photos / name)
        self.written = folder / "xmp" / "0.jsonl"

    def export(self, *faces: NamedFace, beside: bool = True) -> dict[str, int]:
        places = Places(self.photos, self.photos if beside else self.folder / "out")
        counts = export_xmp(["a.jpg", "b.jpg"], faces, places, self.written)
        return {what: count for what, count in counts.items() if what}

    def people(self, name: str) -> list[tuple[str, bool]]:
        packet = parse_packet((self.photos / name).read_bytes())
        return [(region.name, region.ours) for region in packet.regions]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_sidecars_are_written_renewed_and_taken_back(case: Case) -> None:
    before = {path: path.read_bytes() for path in case.photos.iterdir()}
    assert case.export(ANN) == {"written": 1}
    sidecar = case.photos / "a.jpg.xmp"
    assert sidecar.stat().st_mode & 0o777 == 0o600
    (region,) = parse_packet(sidecar.read_bytes()).regions
    assert region.area == pytest.approx((0.75, 0.1, 0.25, 0.4))
    assert case.export(ANN) == {"left as they were": 1}
    assert case.export() == {"taken back": 1}
    assert {path: path.read_bytes() for path in case.photos.iterdir()} == before


def test_what_others_wrote_stays_in_whichever_sidecar_they_use(case: Case) -> None:
    foreign = HEAD + DIGIKAM.replace("Ann", "Bob") + TAIL
    (case.photos / "a.xmp").write_text(foreign, encoding="utf-8")
    (case.photos / "b.jpg.xmp").write_text("<half", encoding="utf-8")
    faces = (ANN, named("b.jpg", "cleo", (1, 1, 9, 9)))
    assert case.export(*faces) == {"written": 1, "left alone": 1}
    assert case.people("a.xmp") == [("Bob", False), ("Ann", True)]
    assert not (case.photos / "a.jpg.xmp").exists()
    case.export()
    assert case.people("a.xmp") == [("Bob", False)]
    assert (case.photos / "b.jpg.xmp").read_text() == "<half"


def test_in_the_results_the_whole_sidecar_stands_and_nothing_is_beside(case: Case) -> None:
    (case.photos / "a.jpg.xmp").write_text(HEAD + DIGIKAM + TAIL, encoding="utf-8")
    before = sorted(case.photos.iterdir())
    case.export(ANN, beside=False)
    packet = parse_packet((case.folder / "out/a.jpg.xmp").read_bytes())
    assert [region.ours for region in packet.regions] == [False, True]
    assert sorted(case.photos.iterdir()) == before


def test_our_own_words_are_no_news_and_never_become_a_persons(case: Case) -> None:
    def notes() -> str:
        folder = case.folder / "notes"
        ours = read_written(case.written.parent)
        for path, text in notes_of(folder, case.photos, ["a.jpg", "b.jpg"], ["xmp"], 1, ours):
            write_text(path, text)
        return (folder / "0.jsonl").read_text()

    first = notes()
    case.export(ANN)
    assert notes() == first
    picture = Picture(case.photos, "a.jpg", 200, 100)
    assert list(XmpImporter(case.photos).read(picture)) == []
    sidecar = case.photos / "a.jpg.xmp"
    sidecar.write_text(sidecar.read_text().replace(">Ann<", ">Anna<"))
    assert notes() != first
    found = [one for one in XmpImporter(case.photos).read(picture) if not isinstance(one, Fault)]
    assert [one.name for one in found] == ["Anna"]


def test_importing_our_own_export_gives_the_same_faces(case: Case) -> None:
    faces = [
        NamedFace("a.jpg", "", n, Box(10 + 50 * n, 10, 30, 40), 200, 100, p, p, "given", None)
        for n, p in enumerate(("ann", "bob", "cleo"))
    ]
    case.export(*faces)
    packet = parse_packet((case.photos / "a.jpg.xmp").read_bytes())
    picture = Picture(case.photos, "a.jpg", 200, 100)
    again = [Found(region.person, picture.box(region.area)) for region in packet.regions]
    assert [one.name for one in again] == ["ann", "bob", "cleo"]
    for one, face in zip(again, faces, strict=True):
        assert one.box == pytest.approx(face.box, abs=0.01)


def test_only_sure_faces_go_out_and_nobody_who_is_denied(tmp_path: Path) -> None:
    def table(name: str, rows: list[dict], schema: pa.Schema) -> Path:
        write_table(tmp_path / name, pa.Table.from_pylist(rows, schema))
        return tmp_path / name

    face = {"image": "a.jpg", "sha256": "x", "width": 9, "height": 9}
    box = {"x": 1.0, "y": 1.0, "w": 2.0, "h": 2.0}
    faces = table("f", [face | box | {"face": n} for n in range(4)], FACES)
    verdicts = ["match", "given", "possible", "match", "given"]
    rows = [
        {"image": "a.jpg", "face": n, "rank": 1, "id": f"p{n}", "name": "", "verdict": verdict}
        for n, verdict in enumerate(verdicts)
    ]
    matches = table("m", rows, MATCHES)
    added = face | box | {"face": 4, "set": "queries", "say": "is", "added": True}
    labelled = table("l", [added], LABELLED)
    deny = DenyList(lines=[("person", "p3", "")])
    found = list(named_faces(faces, matches, labelled, deny))
    assert [one.person for one in found] == ["p0", "p1", "p4"]
    assert found[0].name == "p0"


def test_a_selection_goes_to_csv(tmp_path: Path) -> None:
    rows = [
        dict.fromkeys(COLUMNS, "") | {"Image": "a,b.jpg", "ID": person, "Verdict": verdict} | more
        for person, verdict, more in (
            ("=ann", "match", {"Probability": "0.9", "Group": "g"}),
            ("bob", "match", {"Probability": "0.2", "Group": "g"}),
            ("cleo", "given", {"Group": "h"}),
            ("dan", "unknown", {}),
            ("eve", "given", {"Name": "Denied"}),
        )
    ]
    write_rows(tmp_path / "faces.tsv", COLUMNS, (list(row.values()) for row in rows))
    output = tmp_path / "out" / "faces.csv"
    deny = DenyList(lines=[("person", "Denied", "")])
    select = Select(min_probability=0.5)
    assert export_csv(tmp_path / "faces.tsv", select, deny, output) == 2
    text = output.read_text()
    assert '"a,b.jpg"' in text and "'=ann" in text and "cleo" in text
    assert output.stat().st_mode & 0o777 == 0o600
    assert export_csv(tmp_path / "faces.tsv", Select(groups=("h",)), deny, output) == 1
    assert export_csv(tmp_path / "faces.tsv", Select(people=("bob",)), deny, output) == 1
    assert json.dumps(Select().as_data())
