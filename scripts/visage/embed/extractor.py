"""Bytes of an image → its faces, those that count embedded: the same for all who ask.

The embed job, the look-up page, the command line and the benchmarks have one `Extractor`. It works
in two steps, so that a job may look at photographs in several threads and recognise faces of
several photographs at a time:

    look        decode, find faces, choose, cut out          one photograph, any thread
    recognise   embed what was cut out                       any number of photographs

Detection works on a scaled-down image anyway, so a large JPEG is decoded reduced, which takes a
fraction of the time. A face that is too small there for the recogniser's crop is cut out of the
photograph as it is, which is decoded then.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.selection import Choice
from visage.images.align import fit, sharpness
from visage.images.decode import MAX_PIXELS, Photograph, decode
from visage.status import Status
from visage.types import Detector, Embedding, Face, Floats, Model, Pixels

Embedded = tuple[Embedding, float | None]  # with its quality
WHOLE = -1  # in place of a face's number: the image as a whole


@dataclass(frozen=True)
class Sight:
    """A photograph that was looked at: its faces, and the crops that wait for the recogniser."""

    analysis: Analysis
    pixels: Pixels  # upright, possibly reduced
    wanted: list[int] = field(default_factory=list)  # faces to embed, or WHOLE
    crops: list[Pixels] = field(default_factory=list)  # one for each of them


class Extractor:
    """Turns images into faces with embeddings. May be shared between threads."""

    def __init__(self, model: Model) -> None:
        """Wrap a loaded model."""
        self._model = model
        self._local = threading.local()

    @property
    def batch(self) -> int:
        """Faces at a time that suit the recogniser; 1: it gains nothing from more."""
        return self._model.recogniser.batch

    def extract(self, data: bytes, choice: Choice, max_pixels: int = MAX_PIXELS) -> Analysis:
        """Find the faces of one image file and embed those of `choice`.

        Raises:
            visage.images.decode.ImageProblem: The image cannot be decoded, or has more than
                `max_pixels`.
        """
        (analysis,) = self.recognise([self.look(data, choice, max_pixels)])
        return analysis

    def look(
        self,
        data: bytes,
        choice: Choice,
        max_pixels: int = MAX_PIXELS,
        sha256: str | None = None,
    ) -> Sight:
        """Find the faces of one image file and cut out those of `choice`.

        Args:
            data: Its bytes.
            choice: Which faces are to be embedded.
            max_pixels: A larger image is refused.
            sha256: Of `data`, where it is known already.

        Raises:
            visage.images.decode.ImageProblem: The image cannot be decoded, or is too large.
        """
        photograph = _Photograph(data, self._model, max_pixels)
        faces = self._find(photograph)
        analysed = [AnalysedFace(face) for face in faces]
        wanted = choice.wanted(faces)
        crops = [photograph.crop(faces[index]) for index in wanted]
        for index, crop in zip(wanted, crops, strict=True):
            analysed[index] = AnalysedFace(faces[index], sharpness(crop))
        if not wanted and choice.takes_whole:
            wanted, crops = [WHOLE], [fit(photograph.pixels, self._model.recogniser.size)]
        digest = sha256 or hashlib.sha256(data).hexdigest()
        analysis = Analysis(
            digest,
            Status.OK,
            photograph.note,
            photograph.width,
            photograph.height,
            analysed,
            format=photograph.format,
        )
        return Sight(analysis, photograph.pixels, wanted, crops)

    def _find(self, photograph: "_Photograph") -> list[Face]:
        """Find all faces, in pixels of the upright image as it is."""
        return [
            scaled(face, photograph.factors) for face in self._detector.detect(photograph.pixels)
        ]

    @property
    def _detector(self) -> Detector:
        if not hasattr(self._local, "detector"):
            self._local.detector = self._model.detector()
        return self._local.detector

    def recognise(self, sights: Sequence[Sight]) -> list[Analysis]:
        """Embed all crops of photographs that were looked at, and put them where they belong."""
        crops = [crop for sight in sights for crop in sight.crops]
        embedded = iter(self._embed(crops))
        return [_with_embeddings(s, [next(embedded) for _ in s.crops]) for s in sights]

    def _embed(self, crops: Sequence[Pixels]) -> list[Embedded]:
        """Embed crops, each with its quality: the longer a raw embedding, the clearer the face."""
        if not crops:
            return []
        raw, usual = self._model.recogniser.embed(crops), self._model.usual_length
        qualities = [float(np.linalg.norm(row)) / usual if usual else None for row in raw]
        return list(zip(raw, qualities, strict=True))

    def warm(self) -> None:
        """Run detector and recogniser once in the calling thread; what is slow first is done."""
        self._detector.detect(np.zeros((480, 640, 3), np.uint8))
        height, width = self._model.recogniser.size
        self._model.recogniser.embed([np.zeros((height, width, 3), np.uint8)])


def _with_embeddings(sight: Sight, embedded: Sequence[Embedded]) -> Analysis:
    faces, whole = list(sight.analysis.faces), sight.analysis.whole
    for index, (embedding, quality) in zip(sight.wanted, embedded, strict=True):
        if index == WHOLE:
            whole = embedding
        else:
            faces[index] = replace(faces[index], embedding=embedding, quality=quality)
    return replace(sight.analysis, faces=faces, whole=whole)


class _Photograph:
    """A decoded image file, of which a face may be cut out at the resolution it deserves."""

    def __init__(self, data: bytes, model: Model, max_pixels: int) -> None:
        self._data = data
        self._model = model
        seen = decode(data, max_pixels, model.enough)
        self._whole: Photograph | None = None if seen.reduced else seen
        self.pixels = seen.pixels
        self.width, self.height = seen.width, seen.height
        self.note, self.format = seen.note, seen.format.name
        height, width = seen.pixels.shape[:2]
        # From `pixels` to the image as it is.
        self.factors = np.array([seen.width / width, seen.height / height], np.float32)

    def crop(self, face: Face) -> Pixels:
        """Cut out a face as the recogniser wants it."""
        enough = max(self._model.recogniser.size) * float(self.factors.max())
        if self._whole is None and min(face.w, face.h) < enough:
            self._whole = decode(self._data)
        if self._whole is not None:
            return self._model.crop(self._whole.pixels, face)
        return self._model.crop(self.pixels, scaled(face, np.float32(1) / self.factors))


def scaled(face: Face, factors: Floats) -> Face:
    """Move a face into an image of another size; `factors` are those of x and y."""
    if (factors == 1).all():
        return face
    x, y, w, h = (
        float(v) for v in np.array([face.x, face.y, face.w, face.h]) * np.tile(factors, 2)
    )
    return replace(face, x=x, y=y, w=w, h=h, landmarks=face.landmarks * factors)
