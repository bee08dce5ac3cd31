"""What the workflow made, taken away: results, entries of the cache, files beside the images."""

import logging
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visage.config import Config
from visage.formats import by_suffix
from visage.people.importing.base import sources_beside
from visage.people.packet import renewed
from visage.people.xmp import OURS, PacketProblem
from visage.privacy.made import cached, exported, made, remove_empty_folders
from visage.privacy.subject import Subject, listing_of, recorded
from visage.privacy.sweep import Sweeper
from visage.sets.existing import listed
from visage.sets.listing import SETS, Entry, as_path
from visage.sets.walk import VECTOR_SUFFIX
from visage.store.files import PRIVATE, TEMPORARY, replacing
from visage.store.lock import require_none
from visage.store.parts import file_of
from visage.store.sidecars import is_foreign
from visage.store.tables import DAMAGE

log = logging.getLogger(__name__)

REPORTS = "forgotten"
WAY_BACK = "changes.jsonl"  # of what was changed in other programs; stays, without names
ROW_GROUP = 64  # as in visage.embed.cache, which imports more than forgetting needs


def remove_results(config: Config, outputs: Collection[str], keep: Path) -> int:
    """Delete what the rules made in the results folder and still looks so, but not the cache.

    Args:
        config: The checked config.
        outputs: What the rules make, with wildcards, relative to the results folder.
        keep: A file that stays: the log of the job that asks.

    Returns:
        The number of files.
    """
    results, count = Path(config.results), 0
    for file in made(results, outputs):
        if file.absolute() != keep.absolute():
            file.unlink()
            count += 1
    for file in exported(results):
        if file.name != WAY_BACK:
            file.unlink()
            count += 1
    for file in results.rglob(f"{TEMPORARY}*"):
        file.unlink(missing_ok=True)
        count += 1
    remove_empty_folders(results)
    return count


def delete_everything(config: Config, outputs: Collection[str], keep: Path) -> None:
    """Delete all results and the cache; photographs, names and the deny list stay."""
    results = Path(config.results)
    require_none(results)
    count = remove_results(config, outputs, keep)
    count += _unlink([*cached(results), *exported(results)])
    remove_empty_folders(results)
    count += take_back_xmp(config)
    if config.sidecars == "beside":
        for name in listed(config):
            for entry in listing_of(config, name):
                count += _unlink(_ours(_beside(config, name, entry.image)))
    log.info(
        "%d files deleted. The photographs, the names file and the deny list are yours and stay.",
        count,
    )


def take_back_xmp(config: Config) -> int:
    """Take everything that we said out of the sidecars beside the queries; give how many changed.

    What other programs wrote there stays. The next export says again what still holds.
    """
    root, count = Path(config.queries), 0
    if not root.is_dir():
        return 0
    for entry in listing_of(config, "queries"):
        for path in sources_beside(root / as_path(entry.image)):
            count += _take_back(path)
    return count


def _take_back(path: Path) -> bool:
    try:
        before = path.read_bytes()
    except OSError:
        return False
    if OURS.encode() not in before:
        return False
    try:
        after = renewed(before, [], 1, 1, 1)
    except PacketProblem as problem:
        log.warning("%s cannot be cleaned: %s", path, problem)
        return False
    if after is None:
        path.unlink()
    else:
        with replacing(path, path.stat().st_mode & 0o777) as temporary:
            temporary.write_bytes(after)
    return True


def kept_hashes(results: Path, subject: Subject, listing: dict[str, list[Entry]]) -> set[str]:
    """Give the SHA-256 of the images that remain; what else the cache knows is nobody's."""
    places = {(name, entry.image) for name in SETS for entry in listing[name]}
    rest = {place for place in places if not subject.has(*place)}
    known = {
        sha256
        for (name, image), sha256 in recorded(results)
        if sha256 and (name, file_of(image)) in rest and not subject.has(name, image)
    }
    return known - subject.traces.hashes


def purge_cache(results: Path, keep: set[str]) -> int:
    """Rewrite the cache with the entries of `keep` only; give how many went."""
    kept, count = pa.array(sorted(keep), pa.string()), 0
    for path in sorted(path for path in cached(results) if path.suffix == ".parquet"):
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


def remove_beside(config: Config, subject: Subject) -> int:
    """Delete the vectors and lists beside the subject's images."""
    images = [image for image in subject.images if image[0] in listed(config)]
    files = {path for image in images for path in _beside(config, *image)}
    temporaries: set[Path] = set()
    if subject.person is not None:  # as the folder is spelled on the disk, and it may be two
        for folder in {image.partition("/")[0] for name, image in images if name == "gallery"}:
            root = Path(config.folder("gallery"), as_path(folder))
            files |= set(root.rglob(f"*{VECTOR_SUFFIX}"))
            temporaries |= set(root.rglob(f"{TEMPORARY}*"))
    for name, image in images:
        path = Path(config.folder(name), as_path(image))
        twins = [p for p in path.parent.glob("*") if p.stem == path.stem and _is_image(p)]
        if twins in ([], [path]):  # the original program's name; of two images it could be either's
            files.add(path.with_suffix(VECTOR_SUFFIX))
    return _unlink(sorted({*_ours(sorted(files - temporaries)), *temporaries}))


def _ours(files: Iterable[Path]) -> Iterator[Path]:
    """Give the sidecars that are there and not another program's."""
    for path in files:
        try:
            if path.is_file() and not is_foreign(path):
                yield path
        except OSError as error:
            log.warning("%s cannot be read (%s) and is left alone", path, error.strerror)


def _is_image(path: Path) -> bool:
    return by_suffix(path.suffix) is not None


def _unlink(files: Iterable[Path]) -> int:
    there = [path for path in files if path.is_file()]
    for path in there:
        path.unlink()
    return len(there)


NOTES = ("log", "metadata", "incomplete", "auxiliary")


def remove_notes(sweeper: Sweeper, notes: Path) -> int:
    """Delete Snakemake's own records of jobs and runs that name the subject."""
    folders = [notes / part for part in NOTES if (notes / part).is_dir()]
    return _unlink(sorted({path for path, _ in sweeper.search(folders).left}))
