"""Which of the faces found in an image count, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass

from visage.config import Faces
from visage.sets.regions import Region
from visage.types import Face


@dataclass(frozen=True)
class Selected:
    """A face that gets a row: its place in the detector's list, and whether it counts."""

    index: int
    status: str  # ok, too_small or outside_region
    reason: str


def select(
    faces: Sequence[Face], settings: Faces, regions: Sequence[Region] | None
) -> list[Selected]:
    """Order the faces of one image by prominence and say which count.

    Those that count come first; within each part the largest box is the most prominent, then the
    higher confidence, then the more upper and left one.

    Args:
        faces: What the detector found.
        settings: The config's `faces`: `keep`, `min_confidence`, `min_size`.
        regions: Only faces centred in one of them count; None means anywhere.

    Returns:
        One item for each face of at least `min_confidence`; with `keep: largest` only the first.
    """
    selected = [
        _judge(index, face, settings.min_size, regions)
        for index, face in enumerate(faces)
        if face.confidence >= settings.min_confidence
    ]

    def prominence(item: Selected) -> tuple:
        face = faces[item.index]
        return (item.status != "ok", -face.w * face.h, -face.confidence, face.y, face.x)

    selected.sort(key=prominence)
    return selected[:1] if settings.keep == "largest" else selected


def _judge(index: int, face: Face, min_size: float, regions: Sequence[Region] | None) -> Selected:
    if regions is not None and not any(_centred(face, region) for region in regions):
        return Selected(index, "outside_region", "its centre is in none of the image's regions")
    if min(face.w, face.h) < min_size:
        size = f"{face.w:.0f} x {face.h:.0f} pixels"
        return Selected(index, "too_small", f"{size}; faces.min_size asks for {min_size}")
    return Selected(index, "ok", "")


def _centred(face: Face, region: Region) -> bool:
    x, y, w, h = region
    return x <= face.x + face.w / 2 < x + w and y <= face.y + face.h / 2 < y + h
