"""`José` typed and `José` from a Mac are one person, wherever ids, names and paths are compared."""

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from visage.audit.gallery import Audited
from visage.audit.ids import alike_ids
from visage.audit.labels import LabelAudit
from visage.config import load
from visage.privacy.subject import find_subject
from visage.search.neighbours import compare
from visage.sets.deny import DenyList
from visage.sets.listing import Entry, Stat, label_of
from visage.sets.regions import read_regions, unknown_images
from visage.store.names import read_names

TYPED, MAC = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))


def entry(image: str) -> Entry:
    return Entry(image, Stat(1, 1))


def test_both_folders_are_one_persons() -> None:
    assert label_of(f"{MAC}/a.jpg") == label_of(f"{TYPED}/b.jpg") == TYPED


@pytest.mark.parametrize(("written", "there"), [(TYPED, MAC), (MAC, TYPED)])
def test_a_deny_line_holds_for_every_spelling(written: str, there: str) -> None:
    by_hand = DenyList(lines=[("person", written, ""), ("image", f"queries/{written}.jpg", "")])
    assert by_hand.leaves_out("gallery", entry(f"{there}/a.jpg"))
    assert by_hand.leaves_out("queries", entry(f"{there}.jpg"))
    assert by_hand.unused() == []
    hashed = DenyList()
    hashed.add("person", written)
    assert hashed.denies("person", there)
    # Written by a version that did not compose: the hash is of the decomposed name.
    old = DenyList("salt", [("person", DenyList("salt")._hash("person", written), "")])
    assert old.denies("person", there)


def test_a_deny_line_that_fits_nothing_is_known() -> None:
    deny = DenyList(lines=[("person", "Anm", ""), ("content", "0" * 64, "")])
    deny.add("person", "Bob")  # by forget: long gone, as it should be
    assert not deny.leaves_out("gallery", entry("Ann/a.jpg"))
    assert deny.unused() == [("person", "Anm")]


def test_names_and_regions_find_their_people_and_images(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text(f'{{"{MAC}": "José Raúl"}}', encoding="utf-8")
    assert read_names(tmp_path / "names.json")[TYPED].name == "José Raúl"
    table = f"image\tx\ty\tw\th\n{TYPED}.jpg\t1\t2\t3\t4\n"
    (tmp_path / "regions.tsv").write_text(table, encoding="utf-8")
    regions = read_regions(tmp_path / "regions.tsv")
    assert list(unknown_images(regions, [f"{MAC}.jpg"])) == []


def test_forget_finds_every_spelling(tmp_path: Path) -> None:
    listing = {"gallery": [entry(f"{TYPED}/a.jpg"), entry(f"{MAC}/b.jpg")], "queries": []}
    subject = find_subject(load({"person": MAC}), listing, tmp_path, DenyList())
    assert subject.images == {("gallery", f"{TYPED}/a.jpg"), ("gallery", f"{MAC}/b.jpg")}


def test_ids_that_differ_in_case_or_blanks_are_told() -> None:
    frame = pd.DataFrame({"person": ["ann", "Ann ", "Bob", "STRASSE", "straße"]})
    vectors = np.eye(5, dtype=np.float32)
    neighbours = compare(vectors, frame["person"].tolist(), 0.1)
    gallery = Audited(frame, frame, vectors, neighbours, 1.0, {}, LabelAudit())
    pairs = {(row["person"], row["other_person"]) for row in alike_ids(gallery)}
    assert pairs == {("Ann ", "ann"), ("STRASSE", "straße")}
