"""The section `select`."""

from typing import Annotated, Literal

from pydantic import Field

from visage.config.section import Section

_Id = Annotated[str, Field(title="the id of a person", min_length=1)]
_Group = Annotated[str, Field(title="the name of a group")]


class Select(Section):
    """Which faces `export_csv` writes. What is null or empty selects all."""

    people: tuple[_Id, ...] = Field(default=(), strict=False, description="Only these ids.")
    groups: tuple[_Group, ...] = Field(
        default=(), strict=False, description="Only these groups of the queries."
    )
    verdicts: tuple[Literal["given", "match", "possible", "unknown"], ...] = Field(
        default=("given", "match"),
        strict=False,
        description="Only faces with one of these verdicts.",
    )
    min_probability: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Only faces that are at least so probably this person's; given ones always.",
    )
