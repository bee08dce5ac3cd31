"""The section `faces`."""

from typing import Literal

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
