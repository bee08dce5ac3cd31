"""DeepFace's own alignment, by the eyes."""

import numpy as np

from visage.types import Face, Pixels


def deepface_crop(pixels: Pixels, face: Face, size: tuple[int, int]) -> Pixels:
    """Cut a face out as DeepFace 0.0.103 does: turned by the eyes, its box, the rest black.

    DeepFace lays a black border of half the image's size around it before it detects; here only
    as much of that border is made as the one face needs, which gives the same crop.

    Returns:
        (*size, 3) uint8, BGR. The box keeps its shape; black bars fill the crop.
    """
    from deepface.models.Detector import FacialAreaRegion
    from deepface.modules.detection import extract_face
    from deepface.modules.preprocessing import resize_image

    x, y, w, h = int(face.x), int(face.y), max(1, int(face.w)), max(1, int(face.h))
    left, top = x - w // 2 - 1, y - h // 2 - 1
    window = _window(pixels, left, top, x + w + w // 2 + 1, y + h + h // 2 + 1)
    eyes = [
        None if np.isnan(point).any() else (int(point[0]) - left, int(point[1]) - top)
        for point in face.landmarks[:2]
    ]
    region = FacialAreaRegion(
        x=x - left, y=y - top, w=w, h=h, left_eye=eyes[1], right_eye=eyes[0], confidence=1.0
    )
    cut = extract_face(
        facial_area=region,
        img=window,
        align=True,
        expand_percentage=0,
        width_border=0,
        height_border=0,
        # Any other name would send DeepFace to its Haar cascades for eyes that are missing.
        detector_backend="opencv",
    ).img
    if not cut.size:
        return np.zeros((*size, 3), np.uint8)
    # DeepFace resizes the pixels divided by 255; so do we, and round once at the end.
    resized = resize_image(cut.astype(np.float64) / 255, size)[0]
    return np.rint(resized * 255).astype(np.uint8)


def _window(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    """Cut a rectangle out that may reach beyond the image, where it is black."""
    window = np.zeros((bottom - top, right - left, 3), np.uint8)
    inside = pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    y, x = max(0, -top), max(0, -left)
    window[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
    return window
