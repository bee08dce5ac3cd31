"""The section `faces`."""

from typing import Annotated, Literal

from pydantic import Field

from visage.config.section import File, Section


class Faces(Section):
    """Which of the detected faces count."""

    keep: Literal["all", "largest"] = Field(
        default="all", description="All faces of an image, or only the largest."
    )
    min_confidence: float = Field(
        default=0.6, ge=0, le=1, description="The least confidence of the detector, 0 to 1."
    )
    min_size: int = Field(
        default=24,
        ge=0,
        le=10_000,
        description="The least length of the shorter side of a face's box, in pixels.",
    )
    min_quality: Literal["auto"] | Annotated[float, Field(ge=0)] = Field(
        default="auto",
        description="The least quality of a face, by what its embedding says: 1 is as clear as "
        "most. Below it a face is `poor`: too blurred or turned away to tell who it is. It is "
        "never a match, and stands for its person only where there is nothing better. `auto`: "
        "0.7, which 99 of 100 clear faces reach and 4 of 100 that are blurred by a tenth of their "
        "width; 0: all do. Models that say nothing of quality have no such limit.",
    )
    no_face: Literal["skip", "whole_image", "fail"] = Field(
        default="skip",
        description="What to do with an image without a face: go on without it (it is listed in "
        "`images.tsv`), embed the whole image as if it were a face (as the original program did), "
        "or stop.",
    )
    regions: File | None = Field(
        default=None,
        description="TSV file with the columns `image` (path below its set's folder), `x`, `y`, "
        "`w`, `h` (pixels of the upright image) and, if wanted, `set` (gallery or queries): of an "
        "image named there, only faces whose centre lies in one of its regions count.",
    )
