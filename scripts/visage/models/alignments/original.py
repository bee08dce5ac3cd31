"""The alignment of DeepFace 0.0.75, on which the original program ran."""

import numpy as np
from PIL import Image

from visage.images.align import fit
from visage.types import Face, Pixels


def original_crop(pixels: Pixels, face: Face, size: tuple[int, int]) -> Pixels:
    """Cut a face out as the original program did (DeepFace 0.0.75): first its box, then turned.

    What turns out of the box is lost, what turns in is black; nearest pixels. Of a face that is
    upright nothing differs from `deepface_crop` but the rounding.

    Returns:
        (*size, 3) uint8, BGR.
    """
    x, y = max(0, int(face.x)), max(0, int(face.y))
    cut = pixels[y : max(y, int(face.y + face.h)), x : max(x, int(face.x + face.w))]
    if not cut.size:
        return np.zeros((*size, 3), np.uint8)
    right, left = face.landmarks[:2].astype(np.float64)
    if np.isfinite([right, left]).all():
        angle = np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0]))
        cut = np.asarray(Image.fromarray(cut).rotate(angle))
    return fit(cut, size)
