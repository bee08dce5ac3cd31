"""Where results come from: everything needed to repeat a run, and to know that it is the same."""

import csv
import hashlib
import json
import os
import platform
import re
import subprocess
from collections import Counter
from collections.abc import Container
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from visage.errors import VisageError
from visage.models.entries import Registry, Wheel
from visage.resources import version
from visage.store.arrow import texts
from visage.store.files import write_text
from visage.store.tables import read_origin, read_table
from visage.workflow.staleness import step_of

EPOCH = "SOURCE_DATE_EPOCH"  # the environment variable of reproducible-builds.org

_ARCHIVED = re.compile(r"^node: ([0-9a-f]{40})$", re.M)

# Said on the command line for one target only, and about somebody who wants to be forgotten.
_NOT_KEPT = ("person", "image")


def write_provenance(
    output: Path,
    config: dict[str, Any],
    model: str,
    registry: Registry,
    tables: dict[str, list[Path]],
    faces: Path,
    results: list[Path],
    found: dict[str, int],
    images: Path,
    weights: Path,
    benchmarks: Path,
    steps: Container[str],
    home: Path,
    command: str,
) -> None:
    """Write what a run was made from, with what, and how long it took.

    Where SOURCE_DATE_EPOCH is set, it is the date, and no times are written: two runs of the same
    images on the same machine then give the same bytes (reproducible-builds.org).

    Args:
        output: The JSON file to write.
        config: The checked config, complete; given to the workflow again it repeats the run.
        model: The name of its model.
        registry: The content of config/models.yaml.
        tables: The faces tables of each set.
        faces: The index's faces.parquet.
        results: Tables whose SHA-256 a repetition must meet.
        found: How many faces were searched, have a name, and are of how many people.
        images: images.tsv.
        weights: The folder of the model's files.
        benchmarks: The folder of Snakemake's benchmarks.
        steps: The steps that come before the scores; a benchmark of any other is of an earlier run.
        home: The folder of the workflow.
        command: What repeats the run.

    Raises:
        VisageError: A table is missing or damaged, or SOURCE_DATE_EPOCH is no number of seconds.
    """
    origin = read_origin(faces)
    record = {
        "written": date().isoformat(timespec="seconds"),
        "workflow": {"version": version(), **commit_of(home), "command": command},
        "config": {key: value for key, value in config.items() if key not in _NOT_KEPT},
        "model": {
            "name": origin.model,
            "fingerprint": origin.fingerprint,
            "entry": registry.model(model).model_dump(mode="json"),
            "weights": [_weights(registry, file, weights) for file in registry.model(model).files],
        },
        "images": {
            name: {**_counts(images, name), "sha256": _digest_of_images(paths)}
            for name, paths in tables.items()
        },
        "found": found,
        "results": {path.name: _sha256(path) for path in results},
        "packages": _packages(),
        "environments": {path.name: _sha256(path) for path in sorted(home.glob("envs/*.yaml"))},
        "machine": _machine(),
        "times": {} if os.environ.get(EPOCH) else times(benchmarks, steps),
    }
    write_text(output, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _packages() -> dict[str, str]:
    """Give the version of every package that is installed, in the order of their names."""
    # Each `metadata` reads and parses a file again, and `name` and `version` both do.
    read = (item.metadata for item in metadata.distributions())
    found = [(one["Name"], one["Version"]) for one in read]
    return dict(sorted(found, key=lambda one: one[0].lower()))


def date() -> datetime:
    """Give the time to write down: now, or that of SOURCE_DATE_EPOCH.

    Raises:
        VisageError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = os.environ.get(EPOCH)
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise VisageError(
            f"{EPOCH} is {epoch!r}, and has to be a whole number of seconds since 1970."
        ) from error


def times(benchmarks: Path, steps: Container[str] | None = None) -> dict[str, dict[str, float]]:
    """Sum up Snakemake's benchmarks for each of some steps: jobs, seconds, largest memory in MB.

    None: for all there are. Of a job that ran several times the last run counts; one may be from an
    earlier day.
    """
    found: dict[str, dict[str, float]] = {}
    for path in sorted(benchmarks.rglob("*.tsv")):
        step = step_of(path, benchmarks)
        if steps is not None and step not in steps:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"), {})
        sums = found.setdefault(step, {"jobs": 0, "seconds": 0.0, "largest_memory_mb": 0.0})
        sums["jobs"] += 1
        sums["seconds"] = round(sums["seconds"] + _number(row.get("s")), 2)
        sums["largest_memory_mb"] = max(sums["largest_memory_mb"], _number(row.get("max_rss")))
    return found


def _number(text: str | None) -> float:
    """Read a number of a benchmark; Snakemake writes - or NA for what it could not measure."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _weights(registry: Registry, file: str, folder: Path) -> dict[str, Any]:
    entry, path = registry.file(file), folder / file
    source = registry.file(entry.derived_from) if entry.derived_from else entry
    return {
        "file": file,
        "sha256": _sha256(path) if path.is_file() else entry.sha256,
        "expected": entry.sha256,
        "licence": entry.licence,
        "made_from": entry.derived_from,
        "sources": [
            f"{item.member} in {item.wheel} (SHA-256 {item.sha256})"
            if isinstance(item, Wheel)
            else item.url
            for item in source.sources or ()
        ],
    }


def _counts(images: Path, name: str) -> dict[str, Any]:
    with images.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["set"] == name]
    return {
        "images": len(rows),
        "status": dict(sorted(Counter(row["status"] for row in rows).items())),
        "copies": sum(bool(row["original"]) for row in rows),
        "faces": sum(int(row["faces"]) for row in rows),
    }


def _digest_of_images(tables: list[Path]) -> str:
    """Give one SHA-256 for the paths and contents of all images of a set."""
    pairs: set[tuple[str, str]] = set()
    for path in tables:
        table = read_table(path, ["image", "sha256"])
        hashes = (sha256 or "" for sha256 in table["sha256"].to_pylist())
        pairs.update(zip(texts(table["image"]), hashes, strict=True))
    return hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def commit_of(home: Path) -> dict[str, Any]:
    """Give the commit of the workflow, and whether its files differ from it.

    Files that came as an archive of a commit carry its name (.gitattributes).
    """
    archived = home / ".git_archival.txt"
    if (home / ".git").exists():
        commit = _git(home, "rev-parse", "HEAD")
        changes = _git(home, "status", "--porcelain", "--untracked-files=no")
        return {"commit": commit, "changed": bool(changes) if commit else None}
    found = _ARCHIVED.search(archived.read_text("ascii")) if archived.exists() else None
    return {"commit": found[1] if found else None, "changed": None}


def _git(home: Path, *arguments: str) -> str | None:
    # Git answers nobody but the owner of a clone, unless told that it is safe: whoever runs its
    # rules trusts it anyway.
    command = ["git", "-c", "safe.directory=*", "--no-optional-locks", "-C", str(home), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # no git here
    return done.stdout.strip()


def _machine() -> dict[str, Any]:
    """Describe the machine, but not whose it is: no name, no address."""
    names = os.sysconf_names if hasattr(os, "sysconf_names") else {}
    pages = os.sysconf("SC_PHYS_PAGES") if "SC_PHYS_PAGES" in names else 0
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages * os.sysconf("SC_PAGE_SIZE") / 1e9, 1) if pages else None,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
