"""The benchmarks that embed photographs: their mains once, at their smallest size."""

import json
import shutil
from pathlib import Path

import centre
import numpy as np
import pytest
from benchmark import need_weights, run

PEOPLE = ["Tony_Blair", "Junichiro_Koizumi", "Jean_Chretien", "Donald_Rumsfeld"]
EACH = 3


@pytest.fixture
def people(tmp_path: Path, shared_faces: Path) -> Path:
    """Three photographs of each of four people, one folder each."""
    need_weights()
    for person in PEOPLE:
        (tmp_path / "people" / person).mkdir(parents=True)
        for file in sorted((shared_faces / "lfw/people" / person).iterdir())[:EACH]:
            shutil.copy(file, tmp_path / "people" / person)
    return tmp_path / "people"


@pytest.mark.long
def test_a_centre_is_made(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "centre.json"
    printed = run("centre", people, "--out", out, "--source", "LFW", "--licence", "research use")
    assert "sface-yunet: 4 people, 12 photographs" in printed
    written = json.loads(out.read_text())
    assert (written["people"], written["photographs"], len(written["centre"])) == (4, 12, 128)


def test_a_centre_of_too_few_people_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Of two parts' people each there must be two, to be told apart."""
    out = tmp_path / "centre.json"
    words = [tmp_path, "--out", out, "--source", "LFW", "--licence", "research use"]
    monkeypatch.setattr("sys.argv", ["centre.py", *map(str, words)])
    three = np.eye(6, dtype=np.float32), np.array([0, 0, 1, 1, 2, 2])
    monkeypatch.setattr(centre, "raw_embeddings", lambda *_: three)
    with pytest.raises(SystemExit):
        centre.main()
    said = capsys.readouterr().err
    assert f"{tmp_path}: a face was found of 3 people; 2 --folds need 4" in said
    assert not out.exists()


def test_photographs_are_turned_and_blurred(people: Path) -> None:
    printed = run("photographs", people / PEOPLE[0], "--most", "2")
    assert printed.startswith("2 photographs, ")
    for turn in (90, 180, 270):
        assert f"turned by {turn}: " in printed
    assert "clear: " in printed


def test_strangers_are_compared_upright_and_turned(people: Path, tmp_path: Path) -> None:
    """Two photographs of one and two of another: four pairs; a list of one pair; two noses."""
    few = tmp_path / "few"
    for person in PEOPLE[:2]:
        (few / person).mkdir(parents=True)
        for file in sorted((people / person).iterdir())[:2]:
            shutil.copy(file, few / person)
    one, two = (sorted((few / person).iterdir())[0] for person in PEOPLE[:2])
    pairs, groups = few / "pairs.csv", few / "faces.tsv"
    one_pair = f"{one.relative_to(few)},{two.relative_to(few)},No\n"
    pairs.write_text("file_x,file_y,Decision\n" + one_pair + one_pair.replace("No", "Yes"))
    noses = [
        f"{path.relative_to(few)}\t125\t130\t{name}\n" for name, path in (("A", one), ("B", two))
    ]
    groups.write_text("image\tnose_x\tnose_y\tperson\n" + "".join(noses))
    printed = run("strangers", "--people", few, "--pairs", pairs, "--groups", groups)
    numbers = dict(line.split("|")[1:3] for line in printed.splitlines()[2:])
    assert numbers == {" people ": " 4 ", " pairs ": " 1 ", " groups ": " 1 ", " all ": " 6 "}
    assert "both at 270°" in printed
    assert "%" in printed


@pytest.mark.long
def test_the_embed_step_is_measured_beside_deepface(people: Path) -> None:
    printed = run("embed", "--images", people / PEOPLE[0], "--rounds", "1", "--jobs", "1")
    assert f"{PEOPLE[0]}, 250 pixels" in printed


def test_qualities_are_listed_for_the_gate(people: Path) -> None:
    printed = run("gate", people, "--most", "2")
    assert printed.startswith("2 faces; now AUTO_QUALITY ")
    for kind in ("as they are", "blurred by 10%", "turned"):
        assert kind in printed


def test_what_looking_again_costs_is_printed(people: Path) -> None:
    printed = run("looks", people / PEOPLE[0], "--most", "1")
    assert "with faces" in printed


@pytest.mark.long
def test_small_faces_are_looked_for_in_full_photographs(
    people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("small.PIXELS", 8_500_000)
    folder = people / PEOPLE[0]
    printed = run("small", folder, "--people", people, "--most", "1")
    assert printed.startswith("1 photographs, 10 heads on each, of 12 portraits")
    rows = [line.split() for line in printed.splitlines()[2:]]
    assert [row[0] for row in rows] == ["32", "40", "48", "56", "64", "80", "100"]
    assert int(rows[-1][2].rstrip("%")) > 50
