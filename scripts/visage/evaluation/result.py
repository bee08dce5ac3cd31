"""What evaluation.json holds, typed, for those who show it; docs/evaluation.md explains it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visage.evaluation.confusions import Search
from visage.evaluation.heldout import HeldOut
from visage.evaluation.metrics import Interval, Operating
from visage.search.calibration import Calibration


class _Part(BaseModel):
    """What a file of an earlier version lacks has a default; what a later one adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Counts(_Part):
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


class Published(_Part):
    """What the model's published threshold does in this gallery."""

    threshold: float
    fpir: float | None
    fnir: float | None


class Point(_Part):
    """Of the DET curve."""

    fpir: float
    fnir: Interval


class Reliability(_Part):
    """A group of matches of about one probability."""

    predicted: float  # mean probability
    observed: Interval  # share that were right
    searches: int


class Stratum(_Part):
    """The rates of photographs that are alike in one respect; null: nothing to count."""

    low: float | None = Field(alias="from")  # None: open
    high: float | None = Field(alias="to")
    known: int
    rank_one: float | None
    fnir: float | None
    strangers: int
    fpir: float | None


class Histogram(_Part):
    """Of the distances of searches, by bin."""

    edges: list[float]
    own: list[int]  # to the own person; empty: there is no such search
    other: list[int]  # to the nearest other person


class Details(_Part):
    """What curves are drawn from, and the searches that went worst."""

    histogram: Histogram
    false_alarms: list[Search]
    misses: list[Search]


class Result(_Part):
    """An evaluation."""

    gallery: Counts
    fpir: float  # asked for
    threshold: float | None  # None: the gallery gives none
    published: Published | None
    rank_one: Interval | None
    operating: list[Operating]
    details: Details
    summary: str = ""  # where the threshold is from, or why there is none
    note: str | None = None
    model: str = ""
    ranking: str = ""
    normalize: bool = True
    calibration: Calibration | None = None
    calibration_error: float | None = None
    det: list[Point] = []
    cmc: list[float] = []
    reliability: list[Reliability] = []
    held_out: list[HeldOut] = []
    strata: dict[str, list[Stratum]] = {}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Result":
        """Read the content of evaluation.json.

        Raises:
            ValueError: It is not one; the message names the first key that is wrong.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "".join(f"{key}: " for key in first["loc"])
            raise ValueError(f"{place}{first['msg']}") from error

    @property
    def used_threshold(self) -> float | None:
        """The threshold that `match.threshold: auto` takes: the gallery's or the published one."""
        if self.threshold is not None:
            return self.threshold
        return self.published.threshold if self.published else None
