import os
from pathlib import Path

import pytest
from visage.errors import VisageError
from visage.sets.listing import (
    Entry,
    ShardSettings,
    as_path,
    as_text,
    check_set,
    label_of,
    list_entries,
    manifests,
    read_manifest,
    shard_of,
)
from visage.store.files import write_if_changed

SETTINGS = ShardSettings(set="gallery", model="the model's fingerprint")


def write_manifests(folder: Path, shards: int) -> None:
    """Write the manifests of `set` into `m`, as a run does."""
    settings = SETTINGS.replace(shards=shards)
    for path, text in manifests(folder / "m", list_entries(folder / "set", False), settings):
        write_if_changed(path, text)


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def images(entries: list[Entry]) -> list[str]:
    return [entry.image for entry in entries]


def test_every_image_is_listed_whatever_its_name_and_letter_case(tmp_path: Path) -> None:
    names = [
        "Ann/a.JPG",
        "Ann/deep/er/b.Jpeg",
        "Ann/-leading dash.png",
        'Ann/quote\'s "and" {brace} 100%.webp',
        "Ann/new\nline.tif",
        "Ann/tab\there.tiff",
        "Ann/grin😀.bmp",
        "Ann/" + "n" * 251 + ".png",
    ]
    for name in [*names, "Ann/notes.txt", "Ann/no suffix", "Ann/.hidden/c.jpg", "Ann/._a.jpg"]:
        touch(tmp_path / name)
    assert images(list_entries(tmp_path, import_vectors=False)) == sorted(names)


def test_a_name_that_is_not_unicode_survives_the_way_through_a_manifest(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/set/Ann/caf\xe9.jpg"
    touch(Path(os.fsdecode(raw)))
    write_manifests(tmp_path, 1)
    (entry,) = read_manifest(tmp_path / "m" / "0.jsonl").entries
    entry.image.encode("utf-8")
    assert os.fsencode(tmp_path / "set" / as_path(entry.image)) == raw
    assert as_path(as_text("plain/é.jpg")) == "plain/é.jpg"


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    touch(tmp_path / "set/Ann/a.jpg")
    (tmp_path / "set/Ann/round").symlink_to(tmp_path / "set")
    (tmp_path / "set/Bob").symlink_to(tmp_path / "set/Ann", target_is_directory=True)
    (tmp_path / "set/Ann/gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    found = images(list_entries(tmp_path / "set", False))
    assert found == ["Ann/a.jpg", "Ann/gone.jpg"]  # Bob's is Ann's folder again


def test_a_manifest_changes_only_with_its_own_images(tmp_path: Path) -> None:
    for number in range(40):
        touch(tmp_path / f"set/Ann/{number}.jpg")

    def write() -> dict[str, int]:
        write_manifests(tmp_path, 4)
        return {p.name: p.stat().st_mtime_ns for p in (tmp_path / "m").iterdir()}

    first = write()
    assert write() == first
    touch(tmp_path / "set/Ann/new.jpg")
    second = write()
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {f"{shard_of('Ann/new.jpg', 4)}.jsonl"}
    # An older file in place of a newer one is a change too.
    os.utime(tmp_path / "set/Ann/new.jpg", ns=(1, 1))
    assert write() != second
    # Every image is in exactly one, whatever their number.
    write_manifests(tmp_path, 2)
    parts = [read_manifest(tmp_path / f"m/{shard}.jsonl").entries for shard in range(2)]
    assert len(parts) == 2
    assert sorted(entry.image for part in parts for entry in part) == images(
        list_entries(tmp_path / "set", False)
    )


def test_existing_vectors_are_found_under_both_names_and_never_guessed(tmp_path: Path) -> None:
    for name in ["a.jpg", "a.vector", "b.jpg", "b.jpg.vector", "c.jpg", "c.png", "c.vector"]:
        touch(tmp_path / "Ann" / name)
    touch(tmp_path / "Ann/orphan.vector")
    found = {entry.image: entry.vector for entry in list_entries(tmp_path, import_vectors=True)}
    assert found == {
        "Ann/a.jpg": "Ann/a.vector",
        "Ann/b.jpg": "Ann/b.jpg.vector",
        "Ann/c.jpg": None,  # c.vector may be c.png's
        "Ann/c.png": None,
        "Ann/orphan.vector": "Ann/orphan.vector",  # the image is gone, its vector is kept
    }


def test_a_set_that_cannot_work_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(VisageError, match=r"queries: no image in .*Put photographs there"):
        check_set("queries", tmp_path, [])
    touch(tmp_path / "a.jpg")
    flat = list_entries(tmp_path, False)
    with pytest.raises(VisageError, match=r"<gallery>/<person>/<image>"):
        check_set("gallery", tmp_path, flat)
    check_set("queries", tmp_path, flat)
    assert (label_of("a.jpg"), label_of("Ann/x/a.jpg")) == ("", "Ann")


def test_the_shard_of_an_image_never_changes() -> None:
    # CRC-32 of "123456789" is 0xCBF43926 by definition of the checksum.
    assert shard_of("123456789", 1_000_000) == 0xCBF43926 % 1_000_000
