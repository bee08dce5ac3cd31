"""Faces cut out upright and of one size, as the recogniser was trained on them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from visage.types import Pixels

# The ArcFace template in a crop of 112 x 112 pixels: right eye, left eye, nose, right and left
# corner of the mouth, the person's own right and left (insightface, `arcface_dst`; the order is
# that of YuNet). SFace was trained on it too.
TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    dtype=np.float64,
)
TEMPLATE_SIZE = 112

# A face this much larger than its crop is scaled down before it is warped into it.
SHRINK_BELOW = 2 / 3


def similarity_transform(
    source: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the rotation, uniform scaling and shift that bring `source` closest to `target`.

    Least squares without reflection, S. Umeyama, "Least-squares estimation of transformation
    parameters between two point patterns", IEEE PAMI 13(4), 1991, equations 40 to 43.

    Args:
        source: (n, 2), n >= 2 points that are not all the same.
        target: (n, 2).

    Returns:
        (2, 3) matrix, as `cv2.warpAffine` takes it.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    source_centred, target_centred = source - source_mean, target - target_mean
    covariance = target_centred.T @ source_centred / len(source)
    left, singular, right = np.linalg.svd(covariance)
    signs = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    rotation = left @ np.diag(signs) @ right
    variance = source_centred.var(axis=0).sum()
    scale = (singular * signs).sum() / variance if variance > 0 else 1.0
    shift = target_mean - scale * rotation @ source_mean
    return np.column_stack([scale * rotation, shift])


def five_point_crop(
    pixels: Pixels, landmarks: NDArray[np.float32], size: tuple[int, int], scale: float = 1.0
) -> Pixels:
    """Cut a face out by its landmarks.

    Args:
        pixels: (height, width, 3) uint8, BGR.
        landmarks: (5, 2) pixels; rows of NaN where the detector does not give a point. At least
            the two eyes are needed.
        size: (height, width) of the crop in pixels.
        scale: Of the face in the crop, about its middle: 1 as in the template, less is smaller.

    Returns:
        (*size, 3) uint8, BGR. Where the face leaves the image its last pixels are repeated: with
        black there, faces cut off alike look alike (docs/accuracy.md).
    """
    known = np.isfinite(landmarks).all(axis=1)
    height, width = size
    template = (TEMPLATE + 0.5) * np.array([width, height]) / TEMPLATE_SIZE - 0.5
    if width == height == TEMPLATE_SIZE:
        template = TEMPLATE
    if scale != 1.0:
        middle = np.array([width - 1, height - 1]) / 2
        template = (template - middle) * scale + middle
    points = landmarks[known].astype(np.float64)
    matrix = similarity_transform(points, template[known])
    shrunk = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if shrunk < SHRINK_BELOW:
        pixels, points = _shrunk(pixels, points, matrix, size, shrunk)
        matrix = similarity_transform(points, template[known])
    return cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _shrunk(
    pixels: Pixels,
    points: NDArray[np.float64],
    matrix: NDArray[np.float64],
    size: tuple[int, int],
    scale: float,
) -> tuple[Pixels, NDArray[np.float64]]:
    """Scale the part of the image that a crop needs by `scale`, averaging, and move the points.

    A warp takes four pixels for one of its own and leaves out all others, so a large face comes
    out jagged. Averaged first, the 300 pairs of DeepFace's test set lie further apart: 0.24 between
    the least alike of one person and the most alike of two, where it was 0.23 (cosine).
    """
    corners = np.array([[0, 0], [size[1], 0], [0, size[0]], [size[1], size[0]]], np.float64)
    there = cv2.transform(corners[None], cv2.invertAffineTransform(matrix))[0]
    margin = 2 / scale  # two pixels of the crop, so that its edge is averaged too
    left, top = np.maximum(np.floor(there.min(axis=0) - margin), 0).astype(int)
    right, bottom = np.ceil(there.max(axis=0) + margin).astype(int)
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    if not part.size:
        return pixels, points
    height, width = (max(1, round(side * scale)) for side in part.shape[:2])
    small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    factors = np.array([width / part.shape[1], height / part.shape[0]])
    return small, (points - [left, top] + 0.5) * factors - 0.5


def fit(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Scale an image into a size, (height, width), padded with black, as DeepFace does."""
    factor = min(size[0] / pixels.shape[0], size[1] / pixels.shape[1])
    height = max(1, int(pixels.shape[0] * factor))
    width = max(1, int(pixels.shape[1] * factor))
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    fitted = np.zeros((*size, 3), np.uint8)
    fitted[top : top + height, left : left + width] = cv2.resize(pixels, (width, height))
    return fitted


def sharpness(crop: Pixels) -> float:
    """Give the variance of the Laplacian of the grey crop (0 to 255): low is blurred.

    What is black because it lies outside the picture is left out: its edge is always sharp.

    J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
    """
    change = cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_32F)
    inside = cv2.erode((crop.max(axis=2) > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return float(change[inside].var()) if inside.any() else 0.0
