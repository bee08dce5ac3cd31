"""Who is in which photograph: what every export is made of."""

from dataclasses import dataclass

from visage.types import Box


@dataclass(frozen=True)
class NamedFace:
    """A face of the queries that has a name: found (`match`) or said (`given`)."""

    image: str  # path relative to the queries
    sha256: str
    face: int
    box: Box  # pixels of the upright image
    width: int  # of the upright image, pixels
    height: int
    person: str  # id
    name: str  # the id where there is no name
    verdict: str
    probability: float | None  # null until calibrated, and of a given face
