"""What is said on the look-up page: a label, and a copy of a photograph that is in neither set."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from visage.app.collection import Collection
from visage.app.lookup.saying import SOURCE, Photograph, say_who
from visage.app.problem import Problem
from visage.config import load
from visage.people.labels import Say, Statement, read_labels
from visage.store.faces import FACES
from visage.store.tables import Origin, write_table
from visage.types import Box

BOX = Box(10.0, 20.0, 30.0, 40.0)
NEW = Photograph(b"a photograph", "Holiday.PNG")
KNOWN = Photograph(b"one of the queries", "whatever.jpg")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """A gallery of ada and bea; one query."""
    (tmp_path / "gallery").mkdir()
    places = {name: str(tmp_path / name) for name in ("gallery", "queries", "results")}
    labels = str(tmp_path / "labels.tsv")
    collection = Collection(load({**places, "labels": labels, "names": None, "shards": 1}), None)
    people = [{"image": f"{one}/1.jpg", "person": one, "status": "ok"} for one in ("ada", "bea")]
    query = {"image": "g/1.jpg", "sha256": digest(KNOWN), "status": "ok", "face": 0}
    results = collection.results
    write_table(results.faces, pa.Table.from_pylist(people, FACES), Origin("m", "f"))
    write_table(results.queries.table(0), pa.Table.from_pylist([query], FACES), Origin("m", "f"))
    return collection


def digest(photograph: Photograph) -> str:
    return hashlib.sha256(photograph.data).hexdigest()


def said(collection: Collection) -> list[Statement]:
    return read_labels(collection.labels).statements


def files(collection: Collection) -> list[str]:
    gallery = collection.folder("gallery")
    return [path.relative_to(gallery).as_posix() for path in gallery.rglob("*") if path.is_file()]


def test_a_photograph_of_the_queries_is_labelled_where_it_lies(collection: Collection) -> None:
    sentence = say_who(collection, KNOWN, BOX, " ada ")
    assert sentence == "Noted: this is ada. It counts once the workflow has run again."
    (label,) = said(collection)
    assert (label.sha256, label.image, label.box) == (digest(KNOWN), "g/1.jpg", BOX)
    assert (label.person, label.say, label.source) == ("ada", Say.IS, SOURCE)
    assert files(collection) == []


def test_a_new_photograph_is_kept_under_the_person(collection: Collection) -> None:
    """Under its content and its own kind of file; the name it had may tell who is in it."""
    sentence = say_who(collection, NEW, BOX, "Cat Power")
    place = f"Cat Power/{digest(NEW)[:16]}.png"
    assert f"as {place}." in sentence
    assert files(collection) == [place]
    assert (collection.folder("gallery") / place).read_bytes() == NEW.data
    (label,) = said(collection)
    assert (label.image, label.person) == (place, "Cat Power")


@pytest.mark.parametrize("person", ["", "..", "a/b", "-rf", "x" * 201])
def test_who_can_be_nobody_is_not_written_down(collection: Collection, person: str) -> None:
    with pytest.raises(Problem) as refused:
        say_who(collection, NEW, BOX, person)
    assert refused.value.status == 400
    assert files(collection) == []
    assert not collection.labels.exists()


def test_without_a_gallery_nothing_is_kept(collection: Collection) -> None:
    collection.folder("gallery").rmdir()
    with pytest.raises(Problem, match="There is no folder") as refused:
        say_who(collection, NEW, BOX, "ada")
    assert refused.value.status == 409
    assert not collection.labels.exists()
