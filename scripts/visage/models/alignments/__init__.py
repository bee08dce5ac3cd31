"""Faces cut out as a recogniser wants them: one file each, and one line each here."""

from collections.abc import Callable

from visage.models.alignments.deepface import deepface_crop
from visage.models.alignments.five_point import aligned_crop
from visage.models.alignments.original import original_crop
from visage.models.entries import Alignment
from visage.types import Face, Pixels

Crop = Callable[[Pixels, Face, tuple[int, int]], Pixels]  # photograph, face, (height, width)

ALIGNMENTS: dict[Alignment, Crop] = {
    "five-point": aligned_crop,
    "deepface": deepface_crop,
    "original": original_crop,
}
