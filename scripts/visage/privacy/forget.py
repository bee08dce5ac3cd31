"""A person or a photograph forgotten: denied, removed from everything, and searched for."""

import difflib
import hashlib
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visage.config import Config
from visage.errors import VisageError
from visage.formats import by_suffix
from visage.privacy.sweep import Findings, Needles, Sweeper
from visage.resources import PAGES, REPORT_PAGES, RULES
from visage.search import existing
from visage.search.existing import listed
from visage.sets.deny import DenyList, read_deny, write_deny
from visage.sets.listing import (
    SETS,
    Entry,
    Stat,
    as_path,
    as_text,
    check_set,
    label_of,
    list_entries,
)
from visage.sets.walk import VECTOR_SUFFIX
from visage.store.files import PRIVATE, TEMPORARY, replacing, write_text
from visage.store.lock import require_none
from visage.store.names import read_names
from visage.store.paths import forms, nfc
from visage.store.tables import DAMAGE
from visage.store.vectors import read_floats

log = logging.getLogger(__name__)

# Folders of the results that belong to the workflow alone (config.contradictions sees to that).
OWN_FOLDERS = ("gallery", "queries", "report", "share", "logs", "benchmarks")
REPORTS = "forgotten"
ROW_GROUP = 64  # as in visage.embed.cache, which imports more than forgetting needs
Image = tuple[str, str]  # set, path relative to it


@dataclass
class Subject:
    """Who or what is to be forgotten, and everything by which it may be found."""

    person: str | None
    images: set[Image] = field(default_factory=set)
    needles: Needles = field(default_factory=Needles)

    def has(self, name: str, image: str) -> bool:
        """Tell whether an image belongs to the subject."""
        if (name, image) in self.images:
            return True
        return self.person is not None and name == "gallery" and label_of(image) == self.person


def forget(
    config: Config,
    names: str | None,
    outputs: set[str],
    log_file: Path,
    rebuild: Callable[[list[str]], bool],
) -> Path:
    """Remove a person (config key `person`) or a photograph (`image`) from all results.

    Args:
        config: The checked config.
        names: The names file that counts.
        outputs: Names in the results folder of what the rules make.
        log_file: This job's own log, in which nothing of the subject stands.
        rebuild: Makes targets with the normal rules; tells whether that went well.

    Returns:
        The report: a TSV of what was removed and searched, which does not say who it was.

    Raises:
        VisageError: Nobody is named, or nobody of that name is known; something is left; or the
            results could not be made again.
    """
    if config.deny is None:
        raise VisageError("forget needs the deny list: set deny to the path of a TSV file.")
    results = Path(config.results)
    require_none(results)
    deny = read_deny(config.deny) if Path(config.deny).exists() else DenyList()
    listing = {name: _listing(config, name) for name in SETS}
    subject = _subject(config, listing, results, deny)
    _collect(subject, config, names, results)
    for kind, value in _denials(subject):
        deny.add(kind, value)
    write_deny(Path(config.deny), deny)  # first: whatever happens now, nothing comes back

    removed: Counter[str] = Counter()
    keep = _kept_hashes(results, subject, listing)
    targets = [name for name in sorted(outputs) if (results / name).is_file()]
    removed["entries of the cache"] = _purge_cache(results / "cache", keep)
    removed["files beside the images"] = _remove_beside(config, subject)
    removed["files of the results, made again"] = remove_results(config, outputs, log_file)
    rest = [
        as_text(entry.image)
        for name in SETS
        for entry in listing[name]
        if not deny.leaves_out(name, entry)
    ]
    sweeper = Sweeper(subject.needles, [*rest, *_vocabulary()])
    notes = Path(".snakemake")
    removed["notes of Snakemake"] = _remove_notes(sweeper, notes)
    rebuilt = _possible(config, listing, deny) and rebuild(targets)
    removed["notes of Snakemake"] += _remove_notes(sweeper, notes)
    folders = [results, *(notes / part for part in _NOTES)]
    findings = sweeper.search([folder for folder in folders if folder.is_dir()])
    report = _report(results, subject, removed, findings, sweeper)
    if findings.left:
        shown = "".join(f"\n  {path}: {what}" for path, what in findings.left[:20])
        raise VisageError(f"Something is left; delete these files and run forget again:{shown}")
    if not rebuilt:
        raise VisageError(
            "Everything of it is removed and on the deny list, but the results could not be made "
            "again from what remains. Run the workflow to see why; another image or person may be "
            "needed."
        )
    return report


def remove_results(config: Config, outputs: set[str], keep: Path) -> int:
    """Delete everything that the rules make in the results folder, but not the cache.

    Returns:
        The number of files.
    """
    results, count = Path(config.results), 0
    for name in (*OWN_FOLDERS, *sorted(outputs - {"cache", REPORTS})):
        path = results / name
        for file in sorted(path.rglob("*"), reverse=True) if path.is_dir() else [path]:
            if file.is_dir() and not file.is_symlink():
                if not any(file.iterdir()):
                    file.rmdir()
            elif file.absolute() != keep.absolute() and (file.exists() or file.is_symlink()):
                file.unlink()
                count += 1
    for file in results.rglob(f"{TEMPORARY}*"):
        file.unlink(missing_ok=True)
        count += 1
    return count


def delete_everything(config: Config, outputs: set[str], keep: Path) -> None:
    """Delete all results and the cache; photographs, names and the deny list stay."""
    require_none(Path(config.results))
    count = remove_results(config, outputs, keep)
    cache = Path(config.results, "cache")
    count += sum(path.is_file() for path in cache.rglob("*"))
    shutil.rmtree(cache, ignore_errors=True)
    if config.sidecars == "beside":
        for name in listed(config):
            for entry in _listing(config, name):
                count += _unlink(_beside(config, name, entry.image))
    log.info(
        "%d files deleted. The photographs, the names file and the deny list are yours and stay.",
        count,
    )


def _listing(config: Config, name: str) -> list[Entry]:
    if name not in listed(config) and config.index.existing:  # the original program's index
        return [Entry(image, Stat(0, 0)) for image in existing.images(config.index.existing)]
    root = Path(config.folder(name))
    return list_entries(root, import_vectors=True) if root.is_dir() else []


def _subject(
    config: Config, listing: dict[str, list[Entry]], results: Path, deny: DenyList
) -> Subject:
    person, image = config.person, config.image
    if (person is None) == (image is None):
        raise VisageError(
            "forget: say who: snakemake --cores 1 forget --config person=ID, or image=PATH."
        )
    known = {(name, entry.image) for name in SETS for entry in listing[name]}
    known |= {(name, entry.vector) for name in SETS for entry in listing[name] if entry.vector}
    known |= {found for found, _ in _recorded(results)}
    if person is not None:
        person = nfc(person)
        people = {label_of(path) for name, path in known if name == "gallery"} - {""}
        if person not in people and not deny.denies("person", person):
            raise VisageError(f"person: {person!r} is nobody's id.{_near(person, people)}")
        images = {(n, path) for n, path in known if n == "gallery" and label_of(path) == person}
        return Subject(person, images)
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
        if image.startswith(f"{name}/"):
            yield name, image.removeprefix(f"{name}/")


def _recorded(results: Path) -> Iterator[tuple[Image, str | None]]:
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
        pairs = zip(table["image"].to_pylist(), table[column].to_pylist(), strict=True)
        yield from (((name, image), sha256) for image, sha256 in pairs)


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except DAMAGE as error:
        log.warning("%s is damaged (%s); it is deleted", path, error)
        return pa.table({name: [] for name in columns})


def _collect(subject: Subject, config: Config, names: str | None, results: Path) -> None:
    """Find everything by which the subject could be recognised in a file."""
    needles = subject.needles
    if subject.person is not None:
        needles.words |= forms(subject.person)
        performer = read_names(Path(names)).get(subject.person) if names else None
        if performer and performer.name:
            needles.words.add(performer.name)
    needles.images = {image for _, image in subject.images}
    needles.hashes = {sha for place, sha in _recorded(results) if sha and subject.has(*place)}
    for name, image in subject.images:
        path = Path(config.folder(name), as_path(image))
        if path.is_file() and path.suffix != VECTOR_SUFFIX:
            with path.open("rb") as file:
                needles.hashes.add(hashlib.file_digest(file, "sha256").hexdigest())
        for vector in _vectors(config, name, image):
            if (floats := read_floats(vector)) is not None:
                needles.add_embedding(floats)
    for name in SETS:
        for path in sorted((results / name / "tables").glob("*.parquet")):
            table = _read(path, ["image", "embedding"])
            mine = [subject.has(name, image) for image in table["image"].to_pylist()]
            _add_embeddings(needles, table["embedding"].filter(pa.array(mine, pa.bool_())))
    for path in sorted((results / "cache").glob("*/*.parquet")):
        if path.parent.name != "hashes":
            table = _read(path, ["sha256", "faces", "whole"])
            mine = pc.is_in(table["sha256"], pa.array(sorted(needles.hashes), pa.string()))
            for row in table.filter(mine).to_pylist():
                for values in (row["whole"], *(face["embedding"] for face in row["faces"])):
                    if values:
                        needles.add_embedding(np.array(values, np.float32))


def _add_embeddings(needles: Needles, column: pa.ChunkedArray) -> None:
    for value in column:
        if value.is_valid:
            needles.add_embedding(value.values.to_numpy(zero_copy_only=False))


def _vectors(config: Config, name: str, image: str) -> Iterator[Path]:
    """Give where an image's embedding may lie as a file."""
    for root in (Path(config.folder(name)), Path(config.results, name, "vectors")):
        path = root / as_path(image)
        yield path if path.suffix == VECTOR_SUFFIX else Path(f"{path}{VECTOR_SUFFIX}")
        yield path.with_suffix(VECTOR_SUFFIX)


def _denials(subject: Subject) -> Iterator[tuple[str, str]]:
    if subject.person is not None:
        yield "person", subject.person
    else:
        yield from (("image", "/".join(image)) for image in sorted(subject.images))
    yield from (("content", sha256) for sha256 in sorted(subject.needles.hashes))


def _kept_hashes(results: Path, subject: Subject, listing: dict[str, list[Entry]]) -> set[str]:
    """Give the SHA-256 of the images that remain; what else the cache knows is nobody's."""
    places = {(name, entry.image) for name in SETS for entry in listing[name]}
    rest = {place for place in places if not subject.has(*place)}
    known = {sha256 for place, sha256 in _recorded(results) if sha256 and place in rest}
    return known - subject.needles.hashes


def _purge_cache(cache: Path, keep: set[str]) -> int:
    """Rewrite the cache with the entries of `keep` only; give how many went."""
    kept, count = pa.array(sorted(keep), pa.string()), 0
    for path in sorted(cache.glob("*/*.parquet")):
        column = "sha" if path.parent.name == "hashes" else "sha256"
        try:
            table = pq.read_table(path, partitioning=None)
            left = table.filter(pc.is_in(table[column], kept))
        except DAMAGE:
            left = table = pa.table({})
            count += 1
        if len(left) < len(table) or not len(table):
            count += len(table) - len(left)
            path.unlink()
            path.with_suffix(".keys").unlink(missing_ok=True)  # see visage.embed.keys
            if len(left):
                with replacing(path, PRIVATE) as temporary:
                    pq.write_table(
                        left, temporary, row_group_size=ROW_GROUP, write_page_checksum=True
                    )
    return count


def _beside(config: Config, name: str, image: str) -> list[Path]:
    path = Path(config.folder(name), as_path(image))
    return [Path(f"{path}{VECTOR_SUFFIX}"), *([Path(f"{path}.json")] if name == "queries" else [])]


def _remove_beside(config: Config, subject: Subject) -> int:
    """Delete the vectors and lists beside the subject's images."""
    images = [image for image in subject.images if image[0] in listed(config)]
    files = {path for image in images for path in _beside(config, *image)}
    if subject.person is not None:  # as the folder is spelled on the disk, and it may be two
        for folder in {image.partition("/")[0] for name, image in images if name == "gallery"}:
            root = Path(config.folder("gallery"), as_path(folder))
            files |= set(root.rglob(f"*{VECTOR_SUFFIX}")) | set(root.rglob(f"{TEMPORARY}*"))
    for name, image in images:
        path = Path(config.folder(name), as_path(image))
        twins = [p for p in path.parent.glob("*") if p.stem == path.stem and _is_image(p)]
        if twins in ([], [path]):  # the original program's name; of two images it could be either's
            files.add(path.with_suffix(VECTOR_SUFFIX))
    return _unlink(sorted(files))


def _is_image(path: Path) -> bool:
    return by_suffix(path.suffix) is not None


def _unlink(files: list[Path]) -> int:
    there = [path for path in files if path.is_file()]
    for path in there:
        path.unlink()
    return len(there)


_NOTES = ("log", "metadata", "incomplete", "auxiliary")


def _remove_notes(sweeper: Sweeper, notes: Path) -> int:
    """Delete Snakemake's own records of jobs and runs that name the subject."""
    folders = [notes / part for part in _NOTES if (notes / part).is_dir()]
    return _unlink(sorted({path for path, _ in sweeper.search(folders).left}))


def _vocabulary() -> Iterator[str]:
    """Give the workflow's own words: pages and logs are full of them, whoever is forgotten."""
    sources = [
        *RULES.glob("*.smk"),
        *(file for folder in (PAGES, REPORT_PAGES) for file in folder.glob("*.html*")),
    ]
    yield from (path.read_text(encoding="utf-8") for path in sources)


def _possible(config: Config, listing: dict[str, list[Entry]], deny: DenyList) -> bool:
    """Tell whether enough is left for results."""
    for name in SETS:
        rest = [entry for entry in listing[name] if not deny.leaves_out(name, entry)]
        try:
            check_set(name, Path(config.folder(name)), rest)
        except VisageError:
            return False
    return True


def _report(
    results: Path, subject: Subject, removed: Counter[str], found: Findings, sweeper: Sweeper
) -> Path:
    """Write what was done and checked, without saying who it was."""
    what = "person" if subject.person is not None else "photograph"
    rows = [("forgotten", what, 1), ("forgotten", "photographs", len(subject.images))]
    rows += [("removed", kind, count) for kind, count in sorted(removed.items())]
    rows += [("searched for", kind, n) for kind, n in subject.needles.counts().items()]
    rows += [("searched for in columns of ids only", "texts", len(sweeper.vague))]
    rows += [("searched", f"{kind} files", n) for kind, n in sorted(found.kinds.items())]
    rows += [("searched", "bytes", found.size), ("found", "in files", len(found.left))]
    lines = ["\t".join(map(str, row)) for row in [("step", "what", "count"), *rows]]
    path = results / REPORTS / f"{datetime.now():%Y-%m-%dT%H%M%S}.tsv"
    write_text(path, "\n".join(lines) + "\n")
    return path
