"""The section `match`."""

from typing import Annotated, Literal

from pydantic import Field

from visage.config.section import Section

# The original's: it knows the neighbours only, and orders people by a number that is no distance.
_ORIGINAL = "visage"


class Match(Section):
    """How people are found, ranked and judged."""

    search: Literal["exact", "annoy"] = Field(
        default="exact",
        description="Compare with every face of the gallery, or ask Annoy's index, which misses "
        "neighbours the more the larger the gallery.",
    )
    neighbours: int = Field(
        default=50,
        ge=1,
        le=10_000,
        description="Number of nearest gallery faces among which a person's hits are counted.",
    )
    results: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="Number of closest people that are kept for each face.",
    )
    search_k: int = Field(
        default=10_000,
        ge=1,
        le=2**31 - 1,
        description="Number of nodes Annoy looks at for a query, with `search: annoy` only; more "
        "are more exact and slower.",
    )
    ranking: Literal["likelihood", "mean", "nearest", "visage"] = Field(
        default="likelihood",
        description="Distance of a person: by the likelihood of the face being theirs, given the "
        "mean of their faces and how many there are, which tells people apart best; that of the "
        "mean; that of the nearest face; or the original program's, the nearest less 0.5 for each "
        "further hit, which has neither a threshold of the gallery's own nor probabilities. With "
        "`normalize: false`, `likelihood` is the mean.",
    )
    fpir: float = Field(
        default=0.01,
        gt=0,
        lt=1,
        description="Accepted rate of false alarms: the part of strangers that may be taken for "
        "somebody of the gallery (FPIR). With `threshold: auto`, sets the threshold where the "
        "gallery is large enough for it: at least 2 / `fpir` photographs, and 5 people with two or "
        "more.",
    )
    threshold: Literal["auto"] | Annotated[float, Field(gt=0)] | None = Field(
        default="auto",
        description="The largest distance that counts as a match. `auto`: the gallery's own, for "
        "`fpir`, or, where the gallery is too small, the model's published one; null: none, nobody "
        "is called unknown.",
    )

    known_share: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="The part of the queries' faces that are of somebody in the gallery, as far as "
        "you know: the prior of all probabilities. Verdicts do not depend on it.",
    )
    once_per_image: bool = Field(
        default=True,
        description="A person is in an image once: of several faces with the same closest person, "
        "people and faces are brought together as near as possible in all, and the face that loses "
        "keeps the person as `possible`. false: for mirrors, collages and contact sheets.",
    )
    count_copies: bool = Field(
        default=False,
        description="Whether copies of a photograph in one group of the queries count each. "
        "Otherwise they count once: the same file, or faces all but the same, as the audit knows "
        "them, as those of one other photograph (larger, or not cut off); `images.tsv` names that.",
    )

    @property
    def calibrated(self) -> bool:
        """Whether the gallery's evaluation gives the ranking a threshold and probabilities."""
        return self.ranking != _ORIGINAL

    @property
    def neighbours_only(self) -> bool:
        """Whether people who are not among a face's neighbours are not known to be near it."""
        return self.search == "annoy" or self.ranking == _ORIGINAL
