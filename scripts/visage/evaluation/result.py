"""evaluation.json, typed: what is written is what is read. docs/evaluation.md explains it."""

import json
from pathlib import Path

from pydantic import Field

from visage.evaluation.confusions import Search
from visage.evaluation.heldout import HeldOut
from visage.evaluation.metrics import Interval, Operating, Trade
from visage.search.own_evaluation import Evaluation, FilePart
from visage.store.files import write_text

VERSION = 2  # of what is written


class Counts(FilePart):
    """Of the gallery and of its searches."""

    photographs: int
    people: int
    people_with_two: int
    known_searches: int
    strangers_searches: int
    failed: int = 0  # searches without a usable face
    misfiled: int = 0
    same_file: int = 0
    near_copies: int = 0


class Published(FilePart):
    """What the model's published threshold does in this gallery."""

    threshold: float
    fpir: float | None
    fnir: float | None


class Reliability(FilePart):
    """A group of matches of about one probability."""

    predicted: float  # mean probability
    observed: Interval  # share that were right
    searches: int


class Stratum(FilePart):
    """The rates of photographs that are alike in one respect; null: nothing to count."""

    low: float | None = Field(validation_alias="from", serialization_alias="from")  # None: open
    high: float | None = Field(validation_alias="to", serialization_alias="to")
    known: int
    rank_one: float | None
    fnir: float | None
    strangers: int
    fpir: float | None


class Histogram(FilePart):
    """Of the distances of searches, by bin."""

    edges: list[float]
    own: list[int]  # to the own person; empty: there is no such search
    other: list[int]  # to the nearest other person


class Details(FilePart):
    """What curves are drawn from, and the searches that went worst."""

    histogram: Histogram
    false_alarms: list[Search]
    misses: list[Search]


class Result(Evaluation):
    """An evaluation."""

    note: str | None = None  # why another ranking stands in for the one asked for
    gallery: Counts
    operating: list[Operating]
    published: Published | None
    rank_one: Interval | None
    cmc: list[float] = Field(default_factory=list)
    det: list[Trade] = Field(default_factory=list)
    held_out: list[HeldOut] = Field(default_factory=list)
    strata: dict[str, list[Stratum]] = Field(default_factory=dict)
    reliability: list[Reliability] = Field(default_factory=list)
    calibration_error: float | None = None
    details: Details

    @property
    def used_threshold(self) -> float | None:
        """The threshold that `match.threshold: auto` takes: the gallery's or the published one."""
        if self.threshold is not None:
            return self.threshold
        return self.published.threshold if self.published else None

    def write(self, path: Path) -> None:
        """Write evaluation.json."""
        content = self.model_dump(mode="json", by_alias=True)
        write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
