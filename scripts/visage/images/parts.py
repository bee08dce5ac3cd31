"""A picture that is a part of a file: which page, or which area of a sheet."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from visage.sets.sheets import Area, cues_of, frames_of
from visage.store.parts import is_tile, split
from visage.types import Pixels


@dataclass(frozen=True)
class Part:
    """Which part of a file is a picture of its own."""

    name: str = ""  # what stands behind the file's name and a `#`; "" for the file itself
    page: int = 1  # of a TIFF
    area: Area | None = None  # of a sheet; None for all

    @property
    def key(self) -> str:
        """What tells parts of the same bytes apart, whatever they are called."""
        return "xywh={},{},{},{}".format(*self.area) if self.area else self.name


WHOLE = Part()


def page(number: int) -> Part:
    """Give the page of a TIFF, from 1."""
    return Part(str(number), number) if number > 1 else WHOLE


def tile(area: Area) -> Part:
    """Give a tile that goes by its place."""
    part = Part(area=area)
    return replace(part, name=part.key)


def cut_tile(sheet: Pixels, area: Area) -> Pixels:
    """Cut an area out of a sheet; of one that lies outside of it nothing is left."""
    x, y, w, h = area
    return np.ascontiguousarray(sheet[y : y + h, x : x + w])


def locate(root: Path, image: str) -> tuple[Path, Part]:
    """Give the file of a picture of a set, and which part of it the picture is.

    Args:
        root: The set's folder.
        image: The picture's path below it, as the system has it.

    Raises:
        OSError: The .vtt file that tells where a tile is cannot be read, or tells no more.
    """
    file, part = split(image)
    if not part or (root / image).exists():
        return root / image, WHOLE
    if not is_tile(image):
        return root / file, page(int(part))
    if part.startswith("xywh="):
        x, y, w, h = (int(number) for number in part.removeprefix("xywh=").split(","))
        return root / file, tile((x, y, w, h))
    for cues in cues_of(file):
        if (root / cues).is_file():
            for one in tiles(root / cues, file):
                if one.name == part:
                    return root / file, one
    raise FileNotFoundError(2, "no .vtt file tells of this tile any more", image)


def tiles(cues: Path, sheet: str) -> list[Part]:
    """Give the tiles of a sheet by its .vtt file; none where that tells of other pictures.

    Raises:
        OSError: It cannot be read.
    """
    frames = frames_of(cues.read_text(encoding="utf-8", errors="replace"), sheet)
    return [Part(frame.part, area=frame.area) for frame in frames]
