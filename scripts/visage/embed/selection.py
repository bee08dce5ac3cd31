"""Which of the faces found in an image count, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from visage.config import Faces
from visage.embed.analysis import Analysis
from visage.sets.regions import Region
from visage.status import Status
from visage.types import Face

# What `faces.min_quality: auto` means: the least at which 95 % of the faces blurred by a tenth of
# their width are poor or not found, on LFW as on other photographs; of clear ones 0.2 and 0.6 % are
# (benchmarks/gate.py, docs/accuracy.md).
AUTO_QUALITY = 0.70
Size = tuple[float, float]  # width, height
POOR = "too blurred or turned away to tell"


@dataclass(frozen=True)
class Selected:
    """A face that gets a row: its place in the detector's list, and whether it counts."""

    index: int
    status: Status  # ok, poor, too_small or outside_region
    reason: str


@dataclass(frozen=True)
class Choice:
    """Which faces of one image count: the config's `faces`, and the regions named for the image."""

    settings: Faces
    regions: Sequence[Region] | None = None  # only faces centred in one count; None: anywhere

    def of(self, faces: Sequence[Face], size: Size) -> list[Selected]:
        """Order the faces of one image by prominence and say which count.

        Those that count come first; within each part the most prominent (`prominence`), then the
        higher confidence, then the more upper and left one.

        Args:
            faces: Of one image, in its pixels.
            size: Its width and height.

        Returns:
            One item for each face of at least `min_confidence`; with `keep: largest` only the
            largest of those that count.
        """
        selected = [
            _judge(index, face, self.settings.min_size, self.regions)
            for index, face in enumerate(faces)
            if face.confidence >= self.settings.min_confidence
        ]

        one = self.settings.keep == "largest"

        def place(item: Selected) -> tuple:
            face = faces[item.index]
            weight = face.w * face.h if one else prominence(face, size)
            return (item.status != Status.OK, -weight, -face.confidence, face.y, face.x)

        selected.sort(key=place)
        return selected[:1] if one else selected

    def wanted(self, faces: Sequence[Face], size: Size) -> list[int]:
        """Give the places of the faces that are to be embedded; arguments as of `of`."""
        return [item.index for item in self.of(faces, size) if item.status == Status.OK]

    @property
    def takes_whole(self) -> bool:
        """Whether an image without a face is embedded whole; not where regions are named."""
        return self.settings.no_face == "whole_image" and self.regions is None

    def judged(self, item: Selected, quality: float | None) -> Selected:
        """Give a face its status now that its quality is known; None: the model does not say."""
        least = self.settings.min_quality
        if item.status != Status.OK or quality is None:
            return item
        poor = quality < (AUTO_QUALITY if least == "auto" else least)
        return Selected(item.index, Status.POOR, POOR) if poor else item

    def answered_by(self, analysis: Analysis) -> bool:
        """Tell whether an analysis, made for whatever choice, holds all that this one wants."""
        if analysis.status != Status.OK:
            return True
        wanted = self.wanted([item.face for item in analysis.faces], analysis.size)
        if not wanted and self.takes_whole:
            return analysis.whole is not None
        return all(analysis.faces[index].embedding is not None for index in wanted)


def prominence(face: Face, size: Size) -> float:
    """Tell how prominent a face is: its area, the less the farther it is from the middle.

    Whom a photograph is of stands in its middle more often than not: of 1,043 photographs of LFW
    with several faces 24 have a bystander's as the largest, by this measure none. (FaceNet and
    insightface weigh the middle as well, by twice the squared distance taken off the area; that
    prefers the tiniest face in the middle to one a fifth as wide as the picture at its thirds.)

    Args:
        face: In pixels of the image.
        size: Width and height of the image.

    Returns:
        Square pixels: the area of its box times a factor that falls evenly from 1 in the middle to
        0 in the corners.
    """
    middle = (size[0] / 2, size[1] / 2)
    away = hypot(face.x + face.w / 2 - middle[0], face.y + face.h / 2 - middle[1])
    return face.w * face.h * max(0.0, 1 - away / max(1.0, hypot(*middle)))


def _judge(index: int, face: Face, min_size: float, regions: Sequence[Region] | None) -> Selected:
    if regions is not None and not any(_centred(face, region) for region in regions):
        reason = "its centre is in none of the image's regions"
        return Selected(index, Status.OUTSIDE_REGION, reason)
    if min(face.w, face.h) < min_size:
        size = f"{face.w:.0f} x {face.h:.0f} pixels"
        reason = f"{size}; faces.min_size asks for {min_size}"
        return Selected(index, Status.TOO_SMALL, reason)
    return Selected(index, Status.OK, "")


def _centred(face: Face, region: Region) -> bool:
    x, y, w, h = region
    return x <= face.x + face.w / 2 < x + w and y <= face.y + face.h / 2 < y + h
