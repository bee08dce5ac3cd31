"""What the Snakefile has to know before any job runs.

The Snakefile imports this module, so it needs the standard library only, and the modules that
say the same of themselves.
"""

import gc
import hashlib
import json
import logging
import os
import shlex
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from visage.config import Config, missing_folder
from visage.errors import VisageError
from visage.layout import Results
from visage.models.detectors import kind_of as kind_of_detector
from visage.models.engines import ENGINES
from visage.models.entries import ModelEntry
from visage.models.fingerprint import fingerprint
from visage.models.registry import Registry
from visage.search.existing import files_of, listed
from visage.sets.deny import read_deny
from visage.sets.excludes import Excludes
from visage.sets.listing import (
    SETS,
    ShardSettings,
    check_set,
    entries_of,
    write_listing_record,
    write_manifests,
)
from visage.sets.notes import read_written, write_notes
from visage.sets.regions import read_regions, unknown_images
from visage.sets.walk import Found, walk
from visage.store.files import remove_if_old
from visage.store.lock import claim
from visage.store.paths import as_text
from visage.workflow.gpu import gpus_to_ask_for

log = logging.getLogger(__name__)

_CLEANUP = {"forget", "delete_results"}
_SKEW = 300 * 10**9  # nanoseconds that the clocks of a cluster may differ
_YEARS = 10 * 365 * 86_400 * 10**9  # nanoseconds; the user's own files are younger than that


@dataclass(frozen=True)
class Plan:
    """Facts that follow from the config."""

    demo: str  # the folder of the demo
    names: str | None  # the names file that counts
    labels: str | None  # the labels file, where there is one
    says: bool  # somebody may have said something about faces
    queries_from_gallery: str  # what stands before a query's path, seen from the gallery's folder
    waits_for_demo: bool  # the photographs are made by a job of this run
    fingerprint: str  # of the model, as this process sees its packages
    vectors: dict[str, str | None]  # set → folder of its .vector files
    lists: str | None  # folder of the <image>.json files
    gpus: int  # GPUs an embed job asks for
    embed_environment: str  # path from rules/
    embed_threads: int  # of one embed job
    command: str  # what repeats the run


def make(config: Config, registry: Registry, demo: str) -> Plan:
    """Derive the plan from a checked config; `demo` is the folder of the demo."""
    entry = registry.model(config.model)
    engine = ENGINES[entry.engine]
    gpus = gpus_to_ask_for(config.gpu, engine)
    folders = [PurePath(config.folder(name)) for name in listed(config)]
    uses_demo = any(folder.is_relative_to(demo) for folder in folders)
    return Plan(
        demo=demo,
        names=_names(config, demo, uses_demo),
        labels=_labels(config),
        says=bool(_labels(config) or config.import_labels),
        queries_from_gallery=_between(config),
        waits_for_demo=uses_demo and not Path(demo, "sources.tsv").exists(),
        fingerprint=fingerprint(registry, entry),
        vectors={name: _sidecar_folder(config, name, "vectors") for name in SETS},
        lists=_sidecar_folder(config, "queries", "matches"),
        gpus=gpus,
        embed_environment=_embed_environment(entry, gpus),
        # What computes in the caller's thread gets more done in two jobs of one thread than in one
        # of two (docs/performance.md); the others bring threads, or wait for a GPU.
        embed_threads=2 if engine.threads_of_its_own or gpus else 1,
        command=command(config),
    )


def _embed_environment(entry: ModelEntry, gpus: int) -> str:
    """Give the environment of the engine, or of a detector that wants more."""
    name = kind_of_detector(entry.detector).environment or ENGINES[entry.engine].environment
    return f"../envs/{name}{'-cuda' if gpus else ''}.yaml"


def command(config: Config) -> str:
    """Give the command that repeats a run with this checked config, whatever made it."""
    usual = Config().as_data()
    changed = {key: value for key, value in config.as_data().items() if value != usual[key]}
    if not changed:
        return "snakemake --cores 8"
    pairs = [f"{key}={_argument(value, usual[key])}" for key, value in changed.items()]
    return shlex.join(["snakemake", "--cores", "8", "--config", *pairs])


def _argument(value: object, usual: object) -> str:
    """Write a value as Snakemake reads it: of a section only what is not as usual."""
    if isinstance(value, dict) and isinstance(usual, dict):
        value = {key: item for key, item in value.items() if item != usual[key]}
    return value if isinstance(value, str) else json.dumps(value)


def _names(config: Config, demo: str, uses_demo: bool) -> str | None:
    """Give the names file: the demo's, which is the default, only for the demo's people."""
    names = config.names
    if names and PurePath(names).is_relative_to(demo) and not uses_demo:
        return None
    if names and not uses_demo and not Path(names).is_file():
        raise VisageError(
            f"names: there is no file {Path(names).absolute()}. Correct the path, or set names to "
            "null to do without."
        )
    return names


def _labels(config: Config) -> str | None:
    return config.labels if config.labels and Path(config.labels).is_file() else None


def _between(config: Config) -> str:
    """Give the way from the gallery's folder to that of the queries: "" where they are the same."""
    gallery, queries = (os.path.realpath(config.folder(name)) for name in SETS)
    way = os.path.relpath(queries, gallery)
    return "" if way == "." else f"{as_text(way)}/"


def _sidecar_folder(config: Config, name: str, kind: str) -> str | None:
    below = f"{config.results}/{name}/{kind}"
    return {"results": below, "beside": config.folder(name), "none": None}[config.sidecars]


def is_a_run(config: Config, arguments: Collection[str]) -> bool:
    """Tell whether results are to be made, not taken away.

    Args:
        config: The checked config.
        arguments: The command's; Snakemake does not yet know the targets when this is asked.

    Raises:
        VisageError: What is asked for does not go together, or results may not be kept any more.
    """
    asked = _CLEANUP.intersection(arguments)
    if (config.person or config.image) and asked != {"forget"}:
        raise VisageError(
            "person and image are for the target forget: snakemake --cores 1 forget --config "
            "person=ID. Targets go before --config."
        )
    last = config.retain_until
    if last and date.today() > last and not asked:
        raise VisageError(
            f"retain_until: {last} has passed, so nothing is computed any more. Delete the results "
            f"in {Path(config.results).absolute()} with: snakemake --cores 1 delete_results "
            "(the photographs are yours to delete). Or set a later day, if they may be kept."
        )
    return not asked


def prepare(plan: Plan, config: Config) -> None:
    """List both sets and remove what no longer follows from them; before any job runs.

    Raises:
        VisageError: A folder or file of the config is missing or gives nothing.
    """
    regions = config.faces.regions
    if regions and not Path(regions).is_file():
        raise VisageError(f"faces.regions: there is no file {Path(regions).absolute()}.")
    if regions:
        read_regions(Path(regions))  # its errors come before any job
    if config.index.existing:
        files_of(config.index.existing)
    for name in listed(config):
        awaited = plan.waits_for_demo and PurePath(config.folder(name)).is_relative_to(plan.demo)
        if not awaited and not Path(config.folder(name)).is_dir():
            raise missing_folder(name, config.folder(name))
    if config.gallery is None and not config.index.existing and not plan.says:
        log.warning(
            "Nobody is known yet: gallery is null, and there is no %s. Faces are found all the "
            "same; then say who some are, with `visage label is PERSON PHOTO` or in the review, "
            "and run the workflow again.",
            config.labels or "labels file",
        )
    results = Path(config.results)
    try:
        claim(results)
        date_back(results)
        if not plan.waits_for_demo:
            write_listing(plan, config)
        remove_stale(config)
    except OSError as error:
        raise VisageError(
            f"results: {results.absolute()} cannot be written: {error.strerror} "
            f"({error.filename}). Make room, change its permissions, or give another folder: "
            "--config results=FOLDER"
        ) from error


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spare the search for circles among a million entries, which have none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_no_garbage_collection()  # a tenth of planning a million images
def write_listing(plan: Plan, config: Config) -> None:
    """Write the manifests of both sets."""
    regions = config.faces.regions
    deny = read_deny(config.deny)
    excludes = Excludes(config.exclude) if config.exclude else None
    images: list[str] = []
    for name in listed(config):
        root = Path(config.folder(name))
        found = walk(str(root), excludes)
        entries = entries_of(found, config.import_vectors)
        check_set(name, root, entries)
        images += [entry.image for entry in entries]
        everything = len(entries)
        entries = [entry for entry in entries if not deny.leaves_out(name, entry)]
        _say_what_is_odd(name, found)
        write_listing_record(
            Results(Path(config.results)).set(name).listing, found, everything - len(entries)
        )
        if not entries:
            raise VisageError(f"{name}: all images of {root.absolute()} are on {config.deny}.")
        settings = ShardSettings(
            set=name,
            model=plan.fingerprint,
            faces=config.faces,
            import_vectors=config.import_vectors,
            regions=_digest(Path(regions)) if regions else None,
            denied=deny.contents(),
        )
        folder = Path(config.results, name, "manifests")
        write_manifests(folder, entries, config.shards, settings)
        if config.import_labels:
            place = Results(Path(config.results))
            write_notes(
                place.set(name).notes(0).parent,
                root,
                [entry.image for entry in entries],
                config.import_labels,
                config.shards,
                read_written(place.written),
            )
    for unknown in unknown_images(read_regions(Path(regions)), images) if regions else ():
        log.warning("faces.regions: %s: %s", regions, unknown)
    for kind, value in deny.unused():
        log.warning("deny: %s: %s %r is in no set; is it written right?", config.deny, kind, value)
    for pattern in excludes.unused if excludes else ():
        log.warning("exclude: %r fits nothing; is it written right?", pattern)


def _say_what_is_odd(name: str, found: Found) -> None:
    for link, there in found.again.items():
        if "/" not in link:  # a person or a group
            log.warning(
                "%s: %s is another way to %s, whose images are listed once, there",
                name,
                link,
                there or "the set's own folder",
            )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def remove_stale(config: Config) -> None:
    """Remove results of which a source is gone, so that Snakemake makes them again.

    When a job fails, Snakemake deletes its output and takes note of its input as if it had
    succeeded. A later run that finds the final table still there has nothing to do by its own
    rules, and the old table would pass for the new one. A result whose source is missing is
    therefore no result, however it came about.
    """
    results = Path(config.results)
    shards = range(config.shards)
    for table in (*results.glob("*/tables/*.parquet"), *results.glob("*/matches/*.parquet")):
        if table.stem.isdecimal() and int(table.stem) >= config.shards:
            table.unlink()  # of a run with more shards
    _remove_temporaries(results)
    gallery = [results / f"gallery/tables/{shard}.parquet" for shard in shards]
    if config.gallery is None and not config.index.existing:
        gallery = []
    queries = [results / f"queries/tables/{shard}.parquet" for shard in shards]
    index = [results / "gallery" / name for name in ("faces.parquet", "face.db", "face.json")]
    evaluation = [results / "evaluation.json", results / "evaluation.html"]
    judged = evaluation[:1] if config.match.calibrated else []
    matches = [results / f"queries/matches/{shard}.parquet" for shard in shards]
    images = results / "images.tsv"
    scores = [results / "scores.tsv", results / "provenance.json"]  # one job makes both
    labelled = Results(results).labelled
    said = [Results(results).label_findings, labelled]
    if _labels(config) or config.import_labels:
        _remove_unless([*gallery, *queries], said)
        _remove_unless(said, [*said, *index, *matches])
    elif labelled.exists():  # nobody says anything any more
        for path in (*said, *index, *matches):
            path.unlink(missing_ok=True)
    _remove_unless(gallery, index)
    _remove_unless(index, evaluation)
    _remove_unless([*gallery, *index], [results / "gallery/audit.tsv"])
    for table, match in zip(queries, matches, strict=True):
        _remove_unless([table, *index, *judged], [match])
    _remove_unless([*gallery, *queries], [images])
    _remove_unless([*gallery, *index, *matches, *judged, images], scores)
    report = [results / "report.html", results / "share.html"]
    _remove_unless([*gallery, *queries, *matches, *scores], report)


def date_back(results: Path) -> None:
    """Give results from the future times in the past, in the order that they had.

    They were made while the clock was ahead. Whatever changes now is older than they are, so
    Snakemake would never see a reason to make them again. Dated back, they are older than the names
    and all that is written now: what depends on the user's own files is made again, and nothing is
    embedded twice.
    """
    folders = ("", "*/", "*/manifests/", "*/notes/", "*/tables/", "*/labels/", "*/matches/")
    files = [path for folder in folders for path in results.glob(f"{folder}[!.]*.*")]
    times = {path: path.stat().st_mtime_ns for path in files if path.is_file()}
    now = time.time_ns()
    newest = max(times.values(), default=now)
    if newest - now < _SKEW:
        return
    log.warning(
        "Results in %s are from the future: the clock of this machine, or of the one that made "
        "them, was wrong. They are dated back.",
        results,
    )
    for path, mtime in times.items():
        then = mtime - newest + now - _YEARS
        os.utime(path, ns=(then, then))


def _remove_unless(sources: list[Path], results: list[Path]) -> None:
    missing = next((path for path in sources if not path.exists()), None)
    for path in results if missing else ():
        if path.exists():
            log.warning("%s is removed: %s, which it was made from, is gone", path, missing)
            path.unlink()


def _remove_temporaries(results: Path) -> None:
    """Remove what killed jobs left half-written; not the files that are being written now."""
    folders = ("", "*/", "*/tables/", "*/matches/", "cache/*/")
    for path in (path for folder in folders for path in results.glob(f"{folder}.visage-*")):
        remove_if_old(path)
