"""How the results were made: provenance.json, as the report shows it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from visage.errors import VisageError


@dataclass(frozen=True)
class Weights:
    """A file of the model."""

    file: str
    sha256: str
    licence: str
    made_from: str  # the file it was made from here, "" if it is used as it came
    sources: list[str]  # where that one, or itself, may be had


@dataclass(frozen=True)
class Counts:
    """What became of the images of a set."""

    set: str
    images: int
    status: dict[str, int]  # status → images
    faces: int
    sha256: str  # of the paths and contents of all images


@dataclass(frozen=True)
class Time:
    """What the jobs of a rule took together."""

    rule: str
    jobs: int
    seconds: float
    memory: float  # MB, of the largest job


@dataclass(frozen=True)
class Made:
    """The record of a run."""

    date: datetime
    version: str  # of the workflow
    commit: str  # "" where it is not in git
    changed: bool  # its files differ from the commit
    command: str  # what repeats the run
    model: str
    fingerprint: str
    recogniser: str
    detector: str
    quality: bool  # its embeddings say how clear a face is
    weights: list[Weights]
    machine: str
    packages: dict[str, str]  # name → version
    counts: list[Counts]
    results: dict[str, str]  # file → SHA-256 that a repetition must meet
    times: list[Time]  # none where the date is given by SOURCE_DATE_EPOCH


def read_made(path: Path) -> Made:
    """Read provenance.json; what is in it says `visage.workflow.provenance`.

    Raises:
        VisageError: The file is missing or damaged.
    """
    try:
        return _made(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise VisageError(f"{path} is missing. Run the workflow again: it will be made.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VisageError(
            f"{path} is damaged ({error}). Delete it and run the workflow again."
        ) from error


def _made(record: dict[str, Any]) -> Made:
    workflow, model, entry = record["workflow"], record["model"], record["model"]["entry"]
    return Made(
        date=datetime.fromisoformat(record["written"]).astimezone(UTC),
        version=workflow["version"],
        commit=workflow["commit"] or "",
        changed=bool(workflow["changed"]),
        command=workflow["command"],
        model=model["name"],
        fingerprint=model["fingerprint"],
        recogniser=f"{entry['recognizer']}, {entry['engine']}",
        detector=f"{entry['detector']}, {entry['alignment']} alignment",
        quality=entry.get("usual_length") is not None,
        weights=[
            Weights(
                file=file["file"],
                sha256=file["sha256"] or "",
                licence=file["licence"],
                made_from=file["made_from"] or "",
                sources=list(file["sources"]),
            )
            for file in model["weights"]
        ],
        machine=_machine(record["machine"]),
        packages=dict(record["packages"]),
        counts=[
            Counts(name, facts["images"], dict(facts["status"]), facts["faces"], facts["sha256"])
            for name, facts in record["images"].items()
        ],
        results=dict(record["results"]),
        times=[
            Time(rule, spent["jobs"], spent["seconds"], spent["largest_memory_mb"])
            for rule, spent in record["times"].items()
        ],
    )


def _machine(machine: dict[str, Any]) -> str:
    memory = f"{machine['memory_gb']} GB, " if machine["memory_gb"] else ""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {memory}{machine['system']}, "
        f"Python {machine['python']}"
    )
