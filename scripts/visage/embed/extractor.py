"""Bytes of an image → its faces, those that count embedded: the same for all who ask.

The embed job, the look-up page, the command line and the benchmarks have one `Extractor`. It works
in two steps, so that a job may look at photographs in several threads and recognise faces of
several photographs at a time:

    look        decode, find faces, choose, cut out          one photograph, any thread
    recognise   embed what was cut out                       any number of photographs

Detection works on a scaled-down image anyway, so a large JPEG is decoded reduced, which takes a
fraction of the time. A face that is too small there for the recogniser's crop is cut out of the
photograph as it is, which is decoded then.

A photograph in which no face is clear may lie on its side or its head: it is looked at again, the
way up that shows the surest face (`visage.embed.finding`), and that counts if its faces are
clearer.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from visage.embed.analysis import AnalysedFace, Analysis
from visage.embed.finding import find, look, surest_turn
from visage.embed.selection import AUTO_QUALITY, Choice
from visage.embed.view import File, View
from visage.images.align import fit, sharpness
from visage.images.decode import MAX_PIXELS
from visage.images.parts import WHOLE as WHOLE_FILE
from visage.images.parts import Part
from visage.status import Status
from visage.types import Detector, Embedding, Embeddings, Face, Model, Pixels

Embedded = tuple[Embedding, float | None]  # with its quality
# A photograph whose clearest face is below it is looked at another way up: 99 % of turned ones, and
# of upright ones 0.4 % on LFW, 1.5 % on other photographs (benchmarks/gate.py).
CLEAR = 0.74
WHOLE = -1  # in place of a face's number: the image as a whole


@dataclass(frozen=True)
class Sight:
    """A photograph that was looked at: its faces, and the crops that wait for the recogniser."""

    analysis: Analysis
    view: View  # the way up in which its faces were found
    choice: Choice
    wanted: list[int] = field(default_factory=list)  # faces to embed, or WHOLE
    crops: list[Pixels] = field(default_factory=list)  # one for each of them

    @property
    def pixels(self) -> Pixels:
        """The image as it lies, possibly reduced."""
        return self.view.photograph.pixels


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
        part: Part = WHOLE_FILE,
    ) -> Sight:
        """Find the faces of one image file and cut out those of `choice`.

        Args:
            data: Its bytes.
            choice: Which faces are to be embedded.
            max_pixels: A larger image is refused.
            sha256: Of `data`, where it is known already.
            part: Which page or tile of the file is meant.

        Raises:
            visage.images.decode.ImageProblem: The image cannot be decoded, or is too large.
        """
        view = View(File(data, max_pixels, part), self._model)
        settings = choice.settings
        view, faces = find(view, self._detector, settings.min_size, settings.min_confidence)
        return self._cut_out(view, faces, choice, sha256 or hashlib.sha256(data).hexdigest())

    def _cut_out(self, view: View, found: list[Face], choice: Choice, sha256: str) -> Sight:
        faces = [view.own(face) for face in found]
        analysed = [AnalysedFace(face) for face in faces]
        photograph = view.photograph
        wanted, crops = choice.wanted(faces, (photograph.width, photograph.height)), []
        for index in wanted:
            face, crop = view.cut(found[index])
            analysed[index] = AnalysedFace(view.own(face), sharpness(crop))
            crops.append(crop)
        if not wanted and choice.takes_whole:
            wanted, crops = [WHOLE], [fit(view.pixels, self._model.recogniser.size)]
        analysis = Analysis(
            sha256,
            Status.OK,
            photograph.note,
            photograph.width,
            photograph.height,
            analysed,
            format=photograph.format.name,
            turn=view.turn,
            pages=photograph.pages,
        )
        return Sight(analysis, view, choice, wanted, crops)

    @property
    def _detector(self) -> Detector:
        if not hasattr(self._local, "detector"):
            self._local.detector = self._model.detector()
        return self._local.detector

    def recognise(self, sights: Sequence[Sight]) -> list[Analysis]:
        """Embed all crops of photographs that were looked at, and put them where they belong."""
        crops = [crop for sight in sights for crop in sight.crops]
        embedded = iter(embedded_crops(self._model, crops))
        analyses = [_with_embeddings(s, [next(embedded) for _ in s.crops]) for s in sights]
        return [self._settled(*pair) for pair in zip(sights, analyses, strict=True)]

    def _settled(self, sight: Sight, analysis: Analysis) -> Analysis:
        if _is_doubtful(sight, analysis):
            return self._another_way_up(sight, analysis)
        if _is_imagined(sight, analysis):
            return self._as_it_lies(sight, analysis)
        return analysis

    def _as_it_lies(self, sight: Sight, analysis: Analysis) -> Analysis:
        """Give a photograph without a face the way it lies as one without a face."""
        none = self._cut_out(sight.view.turned(0), [], sight.choice, analysis.sha256)
        return _with_embeddings(none, embedded_crops(self._model, none.crops))

    def _another_way_up(self, sight: Sight, analysis: Analysis) -> Analysis:
        """Look again at a photograph without a clear face, turned as shows the surest one."""
        turn, _ = surest_turn(sight.view, self._detector)
        if turn == sight.view.turn:
            return analysis
        view = sight.view.turned(turn)
        again = self._cut_out(view, look(view, self._detector), sight.choice, analysis.sha256)
        found = _with_embeddings(again, embedded_crops(self._model, again.crops))
        better = _clearest(found) > _clearest(analysis) or (again.wanted and not sight.wanted)
        return found if better else analysis

    def warm(self) -> None:
        """Run detector and recogniser once in the calling thread; what is slow first is done."""
        self._detector.detect(np.zeros((480, 640, 3), np.uint8))
        height, width = self._model.recogniser.size
        self._model.recogniser.embed([np.zeros((height, width, 3), np.uint8)])


def _clearest(analysis: Analysis) -> float:
    """Give the quality of the clearest face; 0 where none has one."""
    return max((face.quality or 0.0 for face in analysis.faces), default=0.0)


def _is_doubtful(sight: Sight, analysis: Analysis) -> bool:
    """Tell whether a photograph has no clear face where one is to be, and was not turned already.

    What was found beside the regions that are named says nothing of which way is up.
    """
    told = any(face.quality is not None for face in analysis.faces)
    beside = sight.choice.regions is not None and not sight.wanted
    turnable = sight.view.scaled_down and sight.view.turn == 0
    return turnable and (told or beside) and _clearest(analysis) < CLEAR


def _is_imagined(sight: Sight, analysis: Analysis) -> bool:
    """Tell whether only turning showed faces, and none that anybody could tell.

    Upside down, a cat's chin looks like a face to a detector.
    """
    known = [face.quality for face in analysis.faces if face.quality is not None]
    return sight.view.turn != 0 and bool(known) and max(known) < AUTO_QUALITY


def embedded_crops(model: Model, crops: Sequence[Pixels]) -> list[Embedded]:
    """Embed crops, each with its quality: the longer a raw embedding, the clearer the face."""
    if not crops:
        return []
    raw, usual = model.recogniser.embed(crops), model.usual_length
    qualities = [float(np.linalg.norm(row)) / usual if usual else None for row in raw]
    return list(zip(centred(raw, model.centre), qualities, strict=True))


def centred(raw: Embeddings, centre: Embedding | None) -> Embeddings:
    """Take what all faces have in common off embeddings: (n, dimension), each of length 1.

    Without a centre they stay as they are.
    """
    if centre is None:
        return raw
    return _unit(_unit(raw) - centre)


def _unit(vectors: Embeddings) -> Embeddings:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def _with_embeddings(sight: Sight, embedded: Sequence[Embedded]) -> Analysis:
    faces, whole = list(sight.analysis.faces), sight.analysis.whole
    for index, (embedding, quality) in zip(sight.wanted, embedded, strict=True):
        if index == WHOLE:
            whole = embedding
        else:
            faces[index] = replace(faces[index], embedding=embedding, quality=quality)
    return replace(sight.analysis, faces=faces, whole=whole)
