"""The face turned and scaled onto the ArcFace template by eyes, nose and corners of the mouth."""

import numpy as np

from visage.images.align import five_point_crop
from visage.models.alignments.deepface import deepface_crop
from visage.types import Face, Pixels


def aligned_crop(pixels: Pixels, face: Face, size: tuple[int, int], scale: float = 1.0) -> Pixels:
    """Cut a face out by its landmarks: (*size, 3) uint8, BGR; `scale` as in `five_point_crop`."""
    if np.isfinite(face.landmarks).all(axis=1).sum() < 2:
        # Some detectors do not always give the eyes: the box is all there is to go by.
        return deepface_crop(pixels, face, size)
    return five_point_crop(pixels, face.landmarks, size, scale)
