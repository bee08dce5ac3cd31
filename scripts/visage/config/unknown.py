"""The section `unknown`."""

from pydantic import Field

from visage.config.section import Section


class Unknown(Section):
    """How people are gathered whom nobody knows."""

    min_faces: int = Field(
        default=3,
        ge=2,
        le=1_000_000,
        description="Number of faces from which somebody whom nobody knows gets a name and a line "
        "in `unknown.tsv`; copies of a photograph count once.",
    )
