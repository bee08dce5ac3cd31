"""Faces cut out as a recogniser wants them: one file each, and one line each here."""

from functools import partial
from typing import Protocol

from visage.models.alignments.deepface import deepface_crop
from visage.models.alignments.five_point import aligned_crop
from visage.models.alignments.original import original_crop
from visage.models.entries import Alignment, ModelEntry
from visage.types import Face, Pixels


class Crop(Protocol):
    """Cuts a face out of a photograph."""

    def __call__(self, pixels: Pixels, face: Face, size: tuple[int, int]) -> Pixels:
        """Give (*size, 3) uint8, BGR, of (height, width, 3); `size` is (height, width)."""
        ...


ALIGNMENTS: dict[Alignment, Crop] = {
    "five-point": aligned_crop,
    "deepface": deepface_crop,
    "original": original_crop,
}


def crop_of(entry: ModelEntry) -> Crop:
    """Give what cuts out faces for a model."""
    if entry.crop_scale != 1.0:
        return partial(aligned_crop, scale=entry.crop_scale)
    return ALIGNMENTS[entry.alignment]
