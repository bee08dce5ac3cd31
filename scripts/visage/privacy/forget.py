"""A person or a photograph forgotten: denied, removed from everything, and searched for."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from visage.config import Config
from visage.errors import VisageError
from visage.privacy.removal import (
    NOTES,
    REPORTS,
    kept_hashes,
    purge_cache,
    remove_beside,
    remove_notes,
    remove_results,
    take_back_xmp,
)
from visage.privacy.said import left_to_you, remove_words
from visage.privacy.subject import (
    Subject,
    collect_traces,
    denials,
    find_subject,
    listing_of,
)
from visage.privacy.sweep import Findings, Sweeper
from visage.resources import PAGES, REPORT_PAGES, RULES
from visage.sets.deny import DenyList, read_deny, write_deny
from visage.sets.existing import listed
from visage.sets.listing import SETS, Entry, as_text, check_set
from visage.store.files import write_text
from visage.store.lock import require_none

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forgotten:
    """What came of it."""

    report: Path  # a TSV of what was removed and searched, which does not say who it was
    left_to_you: list[str]  # files of one's own that still name them; in sentences


def forget(
    config: Config,
    names: str | None,
    outputs: set[str],
    log_file: Path,
    rebuild: Callable[[list[str]], bool],
) -> Forgotten:
    """Remove a person (config key `person`) or a photograph (`image`) from all results.

    Args:
        config: The checked config.
        names: The names file that counts.
        outputs: Names in the results folder of what the rules make.
        log_file: This job's own log, in which nothing of the subject stands.
        rebuild: Makes targets with the normal rules; tells whether that went well.

    Returns:
        The report, and what is left to whoever asked.

    Raises:
        VisageError: Nobody is named, or nobody of that name is known; something is left; or the
            results could not be made again.
    """
    if config.deny is None:
        raise VisageError("forget needs the deny list: set deny to the path of a TSV file.")
    results = Path(config.results)
    require_none(results)
    deny = read_deny(config.deny) if Path(config.deny).exists() else DenyList()
    listing = {name: listing_of(config, name) for name in SETS}
    subject = find_subject(config, listing, results, deny)
    collect_traces(subject, config, names, results)
    for kind, value in denials(subject):
        deny.add(kind, value)
    write_deny(Path(config.deny), deny)  # first: whatever happens now, nothing comes back

    removed: Counter[str] = Counter()
    keep = kept_hashes(results, subject, listing)
    targets = [name for name in sorted(outputs) if (results / name).is_file()]
    done = sorted((results / "exports/xmp").glob("*.done"))
    if config.xmp != "none":  # or they are an earlier run's, and no rule makes them
        targets += [path.relative_to(results).as_posix() for path in done]
    removed["entries of the cache"] = purge_cache(results, keep)
    removed["files beside the images"] = remove_beside(config, subject)
    removed["sidecars of other programs, renewed"] = take_back_xmp(config)
    for path in done:
        path.unlink()
    removed |= remove_words(subject, config, results)
    left = sorted(left_to_you(subject, config))
    removed["files of the results, made again"] = remove_results(config, outputs, log_file)
    rest = [
        as_text(entry.image)
        for name in SETS
        for entry in listing[name]
        if not deny.leaves_out(name, entry)
    ]
    sweeper = Sweeper(subject.traces, [*rest, *_vocabulary()])
    notes = Path(".snakemake")
    removed["notes of Snakemake"] = remove_notes(sweeper, notes)
    rebuilt = _possible(config, listing, deny) and rebuild(targets)
    removed["notes of Snakemake"] += remove_notes(sweeper, notes)
    folders = [results, *(notes / part for part in NOTES)]
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
    return Forgotten(report, left)


def _vocabulary() -> Iterator[str]:
    """Give the workflow's own words: pages and logs are full of them, whoever is forgotten."""
    sources = [
        *RULES.glob("*.smk"),
        *(file for folder in (PAGES, REPORT_PAGES) for file in folder.glob("*.html*")),
    ]
    yield from (path.read_text(encoding="utf-8") for path in sources)


def _possible(config: Config, listing: dict[str, list[Entry]], deny: DenyList) -> bool:
    """Tell whether enough is left for results."""
    for name in listed(config):
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
    rows += [("searched for", kind, n) for kind, n in subject.traces.counts().items()]
    rows += [("searched for in columns of ids only", "texts", len(sweeper.vague))]
    rows += [("searched", f"{kind} files", n) for kind, n in sorted(found.kinds.items())]
    rows += [("searched", "bytes", found.size), ("found", "in files", len(found.left))]
    lines = ["\t".join(map(str, row)) for row in [("step", "what", "count"), *rows]]
    path = results / REPORTS / f"{datetime.now():%Y-%m-%dT%H%M%S}.tsv"
    write_text(path, "\n".join(lines) + "\n")
    return path
