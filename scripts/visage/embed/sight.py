"""A photograph looked at: its faces found, and each cut out at the resolution it deserves."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from visage.images.decode import MAX_PIXELS, Photograph, decode
from visage.types import Detector, Face, Model, Pixels


class Sight:
    """The faces of one image file.

    Detection works on a scaled-down image anyway, so a large JPEG is decoded reduced, which takes
    a fraction of the time. A face that is too small there for the recogniser's crop is cut out of
    the photograph as it is, which is decoded then.
    """

    def __init__(
        self, data: bytes, model: Model, detector: Detector, max_pixels: int = MAX_PIXELS
    ) -> None:
        """Decode `data`, of at most `max_pixels`, and find all faces.

        Raises:
            visage.images.decode.ImageProblem: The image cannot be decoded.
        """
        self._data = data
        self._model = model
        self._seen: Photograph = decode(data, max_pixels, model.enough)
        self._whole: Photograph | None = None if self._seen.reduced else self._seen
        self.width, self.height = self._seen.width, self._seen.height
        height, width = self._seen.pixels.shape[:2]
        self._factors = np.array([self.width / width, self.height / height], np.float32)
        self.faces = [_scaled(face, self._factors) for face in detector.detect(self._seen.pixels)]

    def crop(self, face: Face) -> Pixels:
        """Cut out one of `faces` as the recogniser wants it."""
        enough = max(self._model.recogniser.size) * float(self._factors.max())
        if self._whole is None and min(face.w, face.h) < enough:
            self._whole = decode(self._data)
        if self._whole is not None:
            return self._model.crop(self._whole.pixels, face)
        return self._model.crop(self._seen.pixels, _scaled(face, np.float32(1) / self._factors))

    @property
    def note(self) -> str:
        """What is to be said of the file."""
        return self._seen.note

    @property
    def format(self) -> str:
        """The name of its format."""
        return self._seen.format.name

    @property
    def pixels(self) -> Pixels:
        """The image as a whole, possibly reduced: (height, width, 3) uint8, BGR."""
        return self._seen.pixels


def _scaled(face: Face, factors: NDArray[np.float32]) -> Face:
    if (factors == 1).all():
        return face
    x, y, w, h = (
        float(v) for v in np.array([face.x, face.y, face.w, face.h]) * np.tile(factors, 2)
    )
    return replace(face, x=x, y=y, w=w, h=h, landmarks=face.landmarks * factors)
