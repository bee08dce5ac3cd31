"""What a model says of an image."""

from dataclasses import dataclass, field

from visage.status import Status
from visage.types import Embedding, Face


@dataclass(frozen=True)
class AnalysedFace:
    """A face and, where it was asked for, what the recogniser made of it."""

    face: Face
    sharpness: float | None = None  # `visage.images.align.sharpness`
    embedding: Embedding | None = None
    quality: float | None = None  # 1: as clear as most; None: the model does not say


@dataclass(frozen=True)
class Analysis:
    """Everything a model says of the bytes of one image file."""

    sha256: str
    status: Status  # ok, unreadable or too_large
    reason: str = ""  # why not; or what is to be said of one that is ok
    width: int | None = None  # pixels, upright
    height: int | None = None
    faces: list[AnalysedFace] = field(default_factory=list)  # in the detector's order
    whole: Embedding | None = None  # of the image as a whole, where it has no face
    format: str = ""  # name of the format that the bytes are of
    pages: int = 1  # pictures of their own in the file
    turn: int = 0  # degrees clockwise by which the image is to be turned to be upright

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in whose pixels the faces are; zeros where they are not known."""
        return (self.width or 0, self.height or 0)
