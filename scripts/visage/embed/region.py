"""A face where a person says that there is one: found again in its surroundings, or by its box."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from visage.embed.extractor import CLEAR, embedded_crops
from visage.images.align import sharpness
from visage.images.decode import decode
from visage.images.parts import WHOLE, Part
from visage.images.turns import TURNS, turned, turned_back
from visage.types import Box, Detector, Embedding, Face, Model, Pixels

AROUND = 0.75  # of the region's longer side that is looked at around it: detectors want a head
SEEN = 160  # pixels that the region's longer side is brought to, at least
_HELD = 0.2  # intersection over union from which what is found is what was meant
FOUND = "a person marked the face; found again in its surroundings"
BY_BOX = "a person marked the face; no face is found there, so its box was embedded as it is"


@dataclass(frozen=True)
class RegionFace:
    """The face of a region."""

    face: Face  # pixels of the image
    sharpness: float
    embedding: Embedding
    quality: float | None  # as of faces that were found
    reason: str  # how it was come by


def face_in_region(
    model: Model, detector: Detector, data: bytes, box: Box, part: Part = WHOLE
) -> RegionFace:
    """Embed the face of a region of an image file.

    The region's surroundings are enlarged and searched: a face that is too small or too near the
    edge for the whole picture is mostly found there. Where no clear face is, they are searched with
    the picture turned, too, and the clearest counts. Where nothing is found the box is taken.

    Args:
        model: Whose recogniser embeds it.
        detector: The calling thread's own.
        data: The bytes of the image file.
        box: The region, in pixels of the image.
        part: Which page or tile of the file is the image.

    Raises:
        visage.images.decode.ImageProblem: The image cannot be decoded.
    """
    pixels = decode(data, part=part).pixels
    marked = Face(*box, confidence=0.0, landmarks=np.full((5, 2), np.nan, np.float32))
    best: RegionFace | None = None
    for turn in TURNS:
        found = _found(model, detector, pixels, marked, turn)
        if found and (best is None or (found.quality or 0) > (best.quality or 0)):
            best = found
        if best and (best.quality is None or best.quality >= CLEAR):
            break
    return best or _embedded(model, pixels, marked, BY_BOX)


def _found(
    model: Model, detector: Detector, pixels: Pixels, marked: Face, turn: int
) -> RegionFace | None:
    """Find the face that is marked in a picture turned clockwise by so many degrees."""
    height, width = pixels.shape[:2]
    view = turned(pixels, turn)
    there = turned_back(marked, -turn % 360, view.shape[1], view.shape[0])
    found = _again(view, detector, Box(there.x, there.y, there.w, there.h))
    if found is None:
        return None
    made = _embedded(model, view, model.refine(view, found) if model.refine else found, FOUND)
    return replace(made, face=turned_back(made.face, turn, width, height))


def _embedded(model: Model, pixels: Pixels, face: Face, reason: str) -> RegionFace:
    crop = model.crop(pixels, face)
    ((embedding, quality),) = embedded_crops(model, [crop])
    return RegionFace(face, sharpness(crop), embedding, quality, reason)


def _again(pixels: Pixels, detector: Detector, box: Box) -> Face | None:
    """Detect in the surroundings of a region; give the face that it is about."""
    height, width = pixels.shape[:2]
    margin = AROUND * max(box.w, box.h)
    left, top = max(0, int(box.x - margin)), max(0, int(box.y - margin))
    right = min(width, int(box.x + box.w + margin) + 1)
    bottom = min(height, int(box.y + box.h + margin) + 1)
    part = pixels[top:bottom, left:right]
    if not part.size:
        return None
    scale = max(1.0, SEEN / max(box.w, box.h))
    if scale > 1:
        part = np.asarray(
            cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    faces = [_moved(face, scale, left, top) for face in detector.detect(part)]
    best = max(faces, key=lambda face: _common(face, box), default=None)
    return best if best and _common(best, box) > _HELD else None


def _moved(face: Face, scale: float, left: int, top: int) -> Face:
    """Bring a face of the enlarged part back into the image."""
    return replace(
        face,
        x=face.x / scale + left,
        y=face.y / scale + top,
        w=face.w / scale,
        h=face.h / scale,
        landmarks=(face.landmarks / scale + (left, top)).astype(np.float32),
    )


def _common(face: Face, box: Box) -> float:
    w = min(face.x + face.w, box.x + box.w) - max(face.x, box.x)
    h = min(face.y + face.h, box.y + box.h) - max(face.y, box.y)
    common = max(w, 0.0) * max(h, 0.0)
    return common / (face.w * face.h + box.w * box.h - common)
