"""What people and programs said of whoever is forgotten."""

import json
from pathlib import Path

import pytest
from people.importing.test_reading_xmp import DIGIKAM, HEAD, TAIL
from PIL import Image
from visage.config import load
from visage.export.xmp import Places, export_xmp
from visage.people.editing import append_labels
from visage.people.labels import Say, Statement, read_labels
from visage.privacy.removal import take_back_xmp
from visage.privacy.said import left_to_you, remove_words
from visage.privacy.subject import Subject, collect_traces, denials, find_subject
from visage.sets.deny import DenyList
from visage.types import Box

JOSE, TWIN = "Jos\u00e9", "Jose\u0301"  # one name, typed and from a Mac
SHA = "ab" * 32


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photos = folder / "photos"
        self.photos.mkdir()
        for name in ("a.jpg", "b.jpg"):
            Image.new("RGB", (200, 100)).save(self.photos / name)
        said = [Statement(SHA, "a.jpg", None, person, Say.IS) for person in (JOSE, "pepe", "ann")]
        append_labels(folder / "labels.tsv", said)
        (folder / "people.tsv").write_text(
            f"id\tsame_as\tname\npepe\t{TWIN}\t\nann\t\tAnn\n{JOSE}\t\tDon {JOSE}\n"
        )
        self.config = load(
            {
                **{"gallery": None, "queries": str(self.photos), "person": TWIN, "names": None},
                **{"labels": str(folder / "labels.tsv"), "people": str(folder / "people.tsv")},
                "results": str(folder / "results"),
            }
        )

    def subject(self) -> Subject:
        listing: dict[str, list] = {"gallery": [], "queries": []}
        results = self.folder / "results"
        subject = find_subject(self.config, listing, results, DenyList())
        collect_traces(subject, self.config, None, results)
        return subject


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_all_ids_and_names_are_denied_in_every_form(project: Project) -> None:
    subject = project.subject()
    assert subject.ids == {JOSE, "pepe"}
    denied = {value for _, value in denials(subject)}
    assert {JOSE, TWIN, "pepe", f"Don {JOSE}"} <= denied


def test_lines_about_them_go_and_all_others_stay(project: Project) -> None:
    log = project.folder / "results/exports/stash/changes.jsonl"
    log.parent.mkdir(parents=True)
    entries = [
        {"change": "add", "kind": "image", "stash_id": "1", "performer": "2", "id": one, "name": ""}
        for one in (JOSE, "ann")
    ]
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    removed = remove_words(project.subject(), project.config, project.folder / "results")
    assert list(removed.values()) == [2, 2, 1]
    left = read_labels(project.folder / "labels.tsv").statements
    assert [one.person for one in left] == ["ann"]
    assert (project.folder / "people.tsv").read_text() == "id\tsame_as\tname\nann\t\tAnn\n"
    kept = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["id"] for entry in kept] == ["", "ann"]  # the way back is still there
    assert kept[0]["stash_id"] == "1"


def test_our_words_leave_the_sidecars_and_others_words_are_named(project: Project) -> None:
    from visage.export.faces import NamedFace

    foreign = project.photos / "a.jpg.xmp"
    foreign.write_text(HEAD + DIGIKAM.replace("Ann", JOSE) + TAIL, encoding="utf-8")
    before = foreign.read_text()
    faces = [
        NamedFace(image, "", 0, Box(150, 50, 30, 30), 200, 100, JOSE, JOSE, "match", 0.9)
        for image in ("a.jpg", "b.jpg")
    ]
    places = Places(project.photos, project.photos)
    export_xmp(["a.jpg", "b.jpg"], faces, places, project.folder / "0.jsonl")
    (project.photos / ".picasa.ini").write_text(f"[Contacts2]\n1={TWIN};;\n")
    assert take_back_xmp(project.config) == 2
    assert not (project.photos / "b.jpg.xmp").exists()
    assert "isage-ml" not in foreign.read_text().split("<mwg-rs")[1]
    assert JOSE in before
    left = list(left_to_you(project.subject(), project.config))
    assert [line.rpartition("/")[2] for line in left] == [
        "a.jpg.xmp: what another program wrote names them",
        ".picasa.ini: Picasa names them",
    ]
