"""What the templates show: plain data, in words and percentages."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from visage.pages.words import plural
from visage.report.data import Candidate, Face, Finding, Gallery, Problem, Query
from visage.report.faces import GalleryFace
from visage.report.made import Made
from visage.report.pictures import Missing, Picture
from visage.search.threshold import VERDICTS

SHEET = dict[str, Picture]  # CSS class → picture


@dataclass(frozen=True)
class Run:
    """How the results were made."""

    threshold: float | None
    threshold_source: str
    recall: float | None  # share of the true neighbours that Annoy found; None: the search is exact
    gallery: str  # folders, as the config names them
    queries: str
    made: Made


@dataclass(frozen=True)
class GalleryFaceView:
    """A gallery face of a person beside a face."""

    data: GalleryFace
    picture: str  # class of its picture, "" where there is none
    missing: str  # why there is none


@dataclass(frozen=True)
class CandidateView:
    """A person beside a face."""

    data: Candidate
    faces: list[GalleryFaceView]  # nearest first, at least one
    bar: int  # length of the distance's bar, percent


@dataclass(frozen=True)
class FaceView:
    """A face found in a photograph, beside it."""

    data: Face
    label: int  # the number people see, from 1
    place: tuple[float, float, float, float] | None  # left, top, width, height; percent
    crop: Picture | Missing
    candidates: list[CandidateView]

    @property
    def several(self) -> bool:
        """Whether any candidate has more than one face to show."""
        return any(len(candidate.faces) > 1 for candidate in self.candidates)

    @property
    def best(self) -> Candidate | None:
        """The closest person."""
        return self.data.candidates[0] if self.data.candidates else None


@dataclass(frozen=True)
class Card:
    """A query image."""

    id: str
    data: Query
    photograph: Picture | Missing
    faces: list[FaceView]
    people: list[int]  # numbers of `Person`

    @cached_property
    def description(self) -> str:
        """The photograph in words, for those who do not see it."""
        if not self.faces:
            return f"Photograph {self.data.image}: {self.data.reason or 'no face'}"
        said = "; ".join(f"face {face.label}: {_said(face)}" for face in self.faces)
        return f"Photograph {self.data.image} with {plural(len(self.faces), 'face')}. {said}"


def _said(face: FaceView) -> str:
    if face.best is None:
        return "not compared"
    if face.data.verdict == "unknown":
        return "unknown"
    return f"{face.best.name}, {face.data.verdict}"


@dataclass
class Person:
    """Somebody the cards can be filtered by."""

    number: int
    id: str
    name: str
    first: str  # id of the first card with them
    cards: int = 0


@dataclass(frozen=True)
class Score:
    """A line of the scores table."""

    values: dict[str, str]
    group: str  # number of the group
    person: Person | None
    picture: str  # class of the picture of the nearest gallery face


@dataclass(frozen=True)
class ProblemView:
    """An image that gave nothing."""

    data: Problem
    card: str  # id of its card, "" for a gallery image
    picture: Picture | Missing | None


@dataclass(frozen=True)
class FindingView:
    """A row of the gallery's audit."""

    data: Finding
    person: str  # names
    other: str
    picture: str  # classes of pictures, "" where there is none
    other_picture: str


@dataclass(frozen=True)
class Kind:
    """What the audit found of one kind."""

    name: str
    text: str
    number: int
    rows: list[FindingView]


@dataclass(frozen=True)
class Page:
    """Everything in the report."""

    run: Run
    gallery: Gallery
    cards: list[Card]
    people: list[Person]
    groups: list[str]
    scores: list[Score]
    scores_left_out: int
    problems: list[ProblemView]
    audit: list[Kind]
    evaluation: dict[str, Any] | None  # evaluation.json
    sheet: SHEET
    verdicts: dict[str, int]  # verdict → faces
    has_probability: bool
    has_links: bool

    @property
    def faces(self) -> int:
        """How many faces were compared."""
        return sum(self.verdicts[verdict] for verdict in VERDICTS)

    @property
    def without_face(self) -> int:
        """How many query images gave no face to compare."""
        return sum(problem.data.set == "queries" for problem in self.problems)
