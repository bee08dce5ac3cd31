"""A decoded image file, looked at some way up, of which faces may be cut out."""

import math
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from visage.images.decode import MAX_PIXELS, Photograph, decode
from visage.images.parts import WHOLE, Part
from visage.images.turns import turned, turned_back
from visage.types import Face, Floats, Model, Pixels


@dataclass
class File:
    """The bytes of an image file and what was decoded of them."""

    data: bytes
    max_pixels: int = MAX_PIXELS
    part: Part = WHOLE
    decoded: dict[int | None, Photograph] = field(default_factory=dict)  # by what was enough

    def photograph(self, enough: int | None) -> Photograph:
        """Decode it, perhaps reduced, where that was not done yet."""
        for known in self.decoded.values():
            if not known.reduced or (enough and max(known.pixels.shape[:2]) >= enough):
                return known
        self.decoded[enough] = decode(self.data, self.max_pixels, enough, self.part)
        return self.decoded[enough]


class View:
    """A photograph turned by quarters. Faces are in its pixels, at its full size."""

    def __init__(self, file: File, model: Model, turn: int = 0) -> None:
        """Decode what is needed to find faces.

        Args:
            file: The image.
            model: What looks at it.
            turn: Degrees clockwise.

        Raises:
            visage.images.decode.ImageProblem: The image cannot be decoded.
        """
        self._file, self._model = file, model
        self.turn = turn
        self.photograph = file.photograph(model.enough)
        self.pixels = turned(self.photograph.pixels, turn)
        size = (self.photograph.width, self.photograph.height)
        self.width, self.height = size[::-1] if turn in (90, 270) else size
        self.factors = self._factors(self.pixels)

    @property
    def scaled_down(self) -> bool:
        """Whether faces are looked for at a smaller size than the photograph's."""
        return self._model.enough is not None

    def turned(self, turn: int) -> "View":
        """Give the same image another way up; `turn` is of the image, not of this view."""
        return View(self._file, self._model, turn)

    def at(self, scale: float) -> tuple[Pixels, Floats]:
        """Give it with at least `scale` times its size, and the factors from that to its size."""
        enough = math.ceil(scale * max(self.width, self.height))
        pixels = turned(self._file.photograph(enough).pixels, self.turn)
        return pixels, self._factors(pixels)

    def small(self, side: int) -> Pixels:
        """Give it with a longer side of `side` pixels at most."""
        scale = side / max(self.pixels.shape[:2])
        if scale >= 1:
            return self.pixels
        size = [max(1, round(length * scale)) for length in self.pixels.shape[1::-1]]
        return cv2.resize(
            _averaged(self.pixels, int(1 / scale)), size, interpolation=cv2.INTER_AREA
        )

    def cut(self, face: Face) -> tuple[Face, Pixels]:
        """Cut out a face as the recogniser wants it; give it with the landmarks that were used."""
        pixels, factors = self.pixels, self.factors
        enough = max(self._model.recogniser.size) * float(factors.max())
        if self.photograph.reduced and min(face.w, face.h) < enough:
            pixels = turned(self._file.photograph(None).pixels, self.turn)
            factors = np.ones(2, np.float32)
        there = scaled(face, np.float32(1) / factors)
        if self._model.refine is not None:
            there = self._model.refine(pixels, there)
            face = replace(face, landmarks=there.landmarks * factors)
        return face, self._model.crop(pixels, there)

    def own(self, face: Face) -> Face:
        """Give a face in the coordinates of the image as it lies."""
        return turned_back(face, self.turn, self.photograph.width, self.photograph.height)

    def _factors(self, pixels: Pixels) -> Floats:
        height, width = pixels.shape[:2]
        return np.array([self.width / width, self.height / height], np.float32)


def _averaged(pixels: Pixels, step: int) -> Pixels:
    """Make one pixel of step × step: whole steps take a tenth of the time of others.

    The last rows and columns are left out where they make no whole step.
    """
    height, width = (length // step for length in pixels.shape[:2])
    if step == 1 or not height or not width:
        return pixels
    whole = pixels[: height * step, : width * step]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def scaled(face: Face, factors: Floats) -> Face:
    """Move a face into an image of another size; `factors` are those of x and y."""
    if (factors == 1).all():
        return face
    x, y, w, h = (
        float(v) for v in np.array([face.x, face.y, face.w, face.h]) * np.tile(factors, 2)
    )
    return replace(face, x=x, y=y, w=w, h=h, landmarks=face.landmarks * factors)
