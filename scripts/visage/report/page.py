"""What the pages show: plain data, in words and percentages.

`Content` goes into the page as JSON, for the scripts that draw photographs and faces from it;
`Page` is what the templates show.
"""

from dataclasses import dataclass, field

from visage.report.evaluation import EvaluationView
from visage.report.gallery import Finding, Gallery, Problem
from visage.report.made import Made
from visage.status import Status, Verdict

POOR = "poor"  # status of a face that is too poor to tell


@dataclass(frozen=True)
class Run:
    """How the results were made."""

    threshold: float | None
    threshold_source: str
    recall: float | None  # share of the true neighbours that Annoy found; None: the search is exact
    gallery: str  # folders, as the config names them
    queries: str
    made: Made
    left_out: str = ""  # how many of the folders' files, and of what kinds


@dataclass(frozen=True)
class PersonView:
    """Somebody of the gallery."""

    id: str
    name: str
    link: str = ""
    picture: int | None = None  # number of a picture


@dataclass(frozen=True)
class CandidateView:
    """A person beside a face."""

    person: int  # number of a `PersonView`
    verdict: str
    distance: float
    probability: float | None
    faces: list[int]  # numbers of `GalleryFaceView`, nearest first


@dataclass(frozen=True)
class GalleryFaceView:
    """A face of the gallery that stands beside others."""

    image: str
    picture: int | None
    missing: str = ""  # why there is none


@dataclass(frozen=True)
class FaceView:
    """A face found in a photograph."""

    number: int  # 0 = most prominent
    verdict: str  # a `Verdict`, or none where it was not compared
    place: tuple[float, ...]  # left, top, width, height in percent; none: unknown
    box: tuple[float, ...]  # the same in pixels, for labels
    picture: int | None
    doubtful: bool
    status: str  # where it was not compared
    reason: str
    cluster: str  # of the unknown; "" where it is in none
    candidates: list[CandidateView]


@dataclass(frozen=True)
class PhotographView:
    """A query image."""

    key: str  # of its content: addresses outlive a new run
    image: str
    album: int
    sha256: str
    file: str  # its address, from the folder of the queries; "" where it is not to be shown itself:
    # in a copy to give away, and where it lies on its side or its head
    original: str  # of a copy: the image that counts in its place
    width: int | None  # of the upright image, pixels
    height: int | None
    status: str
    reason: str
    picture: int | None
    missing: str  # why there is none
    faces: list[FaceView]


@dataclass(frozen=True)
class Content:
    """Everything that is drawn from data."""

    share: bool  # strangers are blurred, nothing is linked, nothing can be decided
    labels: str  # under which name the browser keeps what was decided
    threshold: float | None
    people: list[PersonView]
    albums: list[str]
    photographs: list[PhotographView]
    gallery: list[GalleryFaceView]
    pictures: list[str] = field(repr=False)  # addresses; what is the same is there once


@dataclass(frozen=True)
class Found:
    """A person who was found, as the rail and the tab of people show them."""

    person: PersonView
    picture: str  # address, "" where there is none
    photographs: int
    faces: int
    doubtful: int
    least: float | None  # the lowest probability of a face


@dataclass(frozen=True)
class Numbers:
    """How much was found of what."""

    photographs: int
    with_people: int  # photographs in which somebody is
    verdicts: dict[str, int]  # verdict → faces
    doubtful: int  # faces
    poor: int  # faces too poor to tell
    copies: int  # photographs that are copies of others
    statuses: dict[str, int]  # status → photographs without a usable face

    @property
    def compared(self) -> int:
        """How many faces were compared."""
        return sum(self.verdicts.get(verdict, 0) for verdict in Verdict)

    @property
    def unknown(self) -> int:
        """How many faces are nobody's."""
        return self.verdicts.get(Verdict.UNKNOWN, 0)

    @property
    def without_face(self) -> int:
        """How many photographs have no face."""
        return self.statuses.get(Status.NO_FACE, 0)

    @property
    def unread(self) -> int:
        """How many photographs could not be read, or not be used for another reason."""
        face = (Status.NO_FACE, Status.TOO_SMALL, POOR)
        return sum(number for status, number in self.statuses.items() if status not in face)


@dataclass(frozen=True)
class Score:
    """A line of the scores table."""

    person: PersonView
    album: str
    photographs: int
    probability: float | None
    verdict: str
    values: dict[str, str]  # as in scores.tsv


@dataclass(frozen=True)
class FindingView:
    """A row of the gallery's audit."""

    data: Finding
    person: str  # names
    other: str
    picture: str  # addresses, "" where there is none
    other_picture: str


@dataclass(frozen=True)
class Kind:
    """What the audit found of one kind."""

    name: str
    text: str
    number: int
    rows: list[FindingView]


@dataclass(frozen=True)
class ProblemView:
    """An image of the gallery that gave nothing."""

    data: Problem
    picture: str
    missing: str


@dataclass(frozen=True)
class Page:
    """Everything in the report."""

    run: Run
    content: Content
    numbers: Numbers
    found: list[Found]
    gallery: Gallery
    problems: list[ProblemView]
    audit: list[Kind]
    scores: list[Score]
    not_found: int  # further lines of the scores table
    evaluation: EvaluationView | None
