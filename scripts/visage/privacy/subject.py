"""Who or what is to be forgotten, and everything by which it may be found in a file."""

import difflib
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visage.config import Config
from visage.errors import VisageError
from visage.layout import GALLERY
from visage.people.labels import read_labels
from visage.people.people import People, read_people
from visage.privacy.sweep import Traces
from visage.sets import existing
from visage.sets.deny import DenyList
from visage.sets.existing import listed
from visage.sets.folders import place_of
from visage.sets.listing import SETS, Entry, Stat, as_path, as_text, label_of, list_entries
from visage.sets.walk import VECTOR_SUFFIX
from visage.store.arrow import texts
from visage.store.names import read_names
from visage.store.paths import forms, nfc
from visage.store.tables import DAMAGE
from visage.store.vectors import read_floats

log = logging.getLogger(__name__)

_ANALYSES = ["sha256", "faces", "whole"]  # of a segment of the cache
Image = tuple[str, str]  # set, path relative to it


@dataclass
class Subject:
    """Who or what is to be forgotten, and everything by which it may be found."""

    person: str | None
    images: set[Image] = field(default_factory=set)
    traces: Traces = field(default_factory=Traces)
    ids: frozenset[str] = frozenset()  # of the person, by people.tsv; in NFC

    def has(self, name: str, image: str) -> bool:
        """Tell whether an image belongs to the subject."""
        if (name, image) in self.images:
            return True
        return self.person is not None and name == "gallery" and label_of(image) in self.ids


def listing_of(config: Config, name: str) -> list[Entry]:
    """List a set as it is now, without the deny list."""
    if name not in listed(config) and config.index.existing:  # the original program's index
        return [Entry(image, Stat(0, 0)) for image in existing.images(config.index.existing)]
    root = Path(config.folder(name))
    return list_entries(root, import_vectors=True) if root.is_dir() else []


def find_subject(
    config: Config, listing: dict[str, list[Entry]], results: Path, deny: DenyList
) -> Subject:
    """Find whom or what the config's `person` or `image` means.

    Raises:
        VisageError: Neither or both are given, or nobody of that name is known.
    """
    person, image = config.person, config.image
    if (person is None) == (image is None):
        raise VisageError(
            "forget: say who: snakemake --cores 1 forget --config person=ID, or image=PATH."
        )
    known = {(name, entry.image) for name in SETS for entry in listing[name]}
    known |= {(name, entry.vector) for name in SETS for entry in listing[name] if entry.vector}
    known |= {found for found, _ in recorded(results)}
    if person is not None:
        person = nfc(person)
        people = {label_of(path) for name, path in known if name == "gallery"} - {""}
        people |= {one.person for one in read_labels(Path(config.labels)).statements} - {""}
        joined = _people(config)
        people |= {*joined.same_as, *joined.same_as.values()}
        if person not in people and not deny.denies("person", person):
            raise VisageError(f"person: {person!r} is nobody's id.{_near(person, people)}")
        ids = frozenset(joined.ids(person) | {person})
        images = {(n, path) for n, path in known if n == "gallery" and label_of(path) in ids}
        return Subject(person, images, ids=ids)
    assert image is not None
    for candidate in _places(config, as_text(image)):
        # In every form of Unicode: to people it is one name.
        same = {place for place in known if _composed(place) == _composed(candidate)}
        if same or deny.denies("image", "/".join(candidate)):
            return Subject(None, same or {candidate})
    paths = {f"{name}/{path}" for name, path in known}
    raise VisageError(f"image: there is no image {image!r}.{_near(image, paths)}")


def _composed(place: Image) -> Image:
    return place[0], nfc(place[1])


def _near(word: str, words: set[str]) -> str:
    found = difflib.get_close_matches(word, sorted(words), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def _places(config: Config, image: str) -> Iterator[Image]:
    """Give what a path may mean: a file of a set, or set and path."""
    for name in SETS:
        path = PurePath(Path(as_path(image)).absolute())
        root = Path(config.folder(name)).absolute()
        if path.is_relative_to(root):
            yield name, as_text(path.relative_to(root).as_posix())
        elif name == GALLERY and (place := place_of(config.galleries, Path(path))):
            yield name, as_text(place.as_posix())
        if image.startswith(f"{name}/"):
            yield name, image.removeprefix(f"{name}/")


def recorded(results: Path) -> Iterator[tuple[Image, str | None]]:
    """Give the images that tables and hashes know, each with a SHA-256 it has or had."""
    places = [
        (path, name, "sha256")
        for name in SETS
        for path in sorted((results / name / "tables").glob("*.parquet"))
    ]
    hashes = sorted((results / "cache" / "hashes").glob("*.parquet"))
    places += [(path, path.name.partition("-")[0], "sha") for path in hashes]
    for path, name, column in places:
        table = _read(path, ["image", column])
        pairs = zip(texts(table["image"]), table[column].to_pylist(), strict=True)
        yield from (((name, image), sha256) for image, sha256 in pairs)


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except DAMAGE as error:
        log.warning("%s is damaged (%s); it is deleted", path, error)
        return pa.table({name: [] for name in columns})


def collect_traces(subject: Subject, config: Config, names: str | None, results: Path) -> None:
    """Find everything by which the subject could be recognised in a file."""
    traces = subject.traces
    if subject.person is not None:
        known = read_names(Path(names)) if names else {}
        joined = _people(config)
        called = {known[one].name for one in subject.ids if one in known}
        called |= {joined.names[one] for one in subject.ids if one in joined.names}
        for word in (subject.ids | called) - {""}:
            traces.words |= forms(word)
    traces.images = {image for _, image in subject.images}
    traces.hashes = {sha for place, sha in recorded(results) if sha and subject.has(*place)}
    for name, image in subject.images:
        path = Path(config.folder(name), as_path(image))
        if path.is_file() and path.suffix != VECTOR_SUFFIX:
            with path.open("rb") as file:
                traces.hashes.add(hashlib.file_digest(file, "sha256").hexdigest())
        for vector in _vectors(config, name, image):
            if (floats := read_floats(vector)) is not None:
                traces.add_embedding(floats)
    for name in SETS:
        for path in sorted((results / name / "tables").glob("*.parquet")):
            table = _read(path, ["image", "embedding"])
            mine = [subject.has(name, image) for image in texts(table["image"])]
            _add_embeddings(traces, table["embedding"].filter(pa.array(mine, pa.bool_())))
    for path in sorted((results / "cache").glob("*/*.parquet")):
        if _holds(path, _ANALYSES):
            table = _read(path, _ANALYSES)
            traced = pc.is_in(table["sha256"], pa.array(sorted(traces.hashes), pa.string()))
            for row in table.filter(traced).to_pylist():
                for values in (row["whole"], *(face["embedding"] for face in row["faces"])):
                    if values:
                        traces.add_embedding(np.array(values, np.float32))


def _holds(path: Path, columns: list[str]) -> bool:
    """Tell whether a table has columns; of what the cache keeps not every table has these."""
    try:
        return set(columns) <= set(pq.read_schema(path).names)
    except DAMAGE as error:
        log.warning("%s is damaged (%s); it is deleted", path, error)
        return False


def _add_embeddings(traces: Traces, column: pa.ChunkedArray) -> None:
    for value in column:
        if value.is_valid:
            traces.add_embedding(value.values.to_numpy(zero_copy_only=False))


def _vectors(config: Config, name: str, image: str) -> Iterator[Path]:
    """Give where an image's embedding may lie as a file."""
    for root in (Path(config.folder(name)), Path(config.results, name, "vectors")):
        path = root / as_path(image)
        yield path if path.suffix == VECTOR_SUFFIX else Path(f"{path}{VECTOR_SUFFIX}")
        yield path.with_suffix(VECTOR_SUFFIX)


def _people(config: Config) -> People:
    path = Path(config.people) if config.people else None
    return read_people(path if path and path.exists() else None)


def denials(subject: Subject) -> Iterator[tuple[str, str]]:
    """Give what has to stand on the deny list so that nothing of the subject comes back.

    Names, too: other programs know people by nothing else, and would bring them back.
    """
    if subject.person is not None:
        yield from (("person", word) for word in sorted(subject.ids | subject.traces.words))
    else:
        yield from (("image", "/".join(image)) for image in sorted(subject.images))
    yield from (("content", sha256) for sha256 in sorted(subject.traces.hashes))
